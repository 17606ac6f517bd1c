import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import '../look/look.css';
import { Door } from './door.js';
import './shop.css';

const place = document.getElementById('page');
if (!place) throw new Error('index.html has no place for the page');
createRoot(place).render(
  <StrictMode>
    <Router base="/shop">
      <Door />
    </Router>
  </StrictMode>,
);
