import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import '../look/look.css';
import { Dashboard } from './dashboard.js';
import { queries } from './server.js';

const place = document.getElementById('page');
if (!place) throw new Error('index.html has no place for the page');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Router base="/admin">
        <Dashboard />
      </Router>
    </QueryClientProvider>
  </StrictMode>,
);
