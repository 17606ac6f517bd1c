import 'reflect-metadata';
import { HoldfastModule } from './holdfast.module.js';
import { createApp, listenOn } from './platform/bootstrap.js';
import type { Config } from './platform/config.js';
import { armFailpoint } from './platform/failpoint.js';
import { rootLogger } from './platform/logging.js';
import { ConfigError, readConfig } from './platform/read-config.js';
import { SchemaTooOld } from './platform/schema-check.js';
import { Shutdown } from './platform/shutdown.js';
import { UnsafeStore } from './platform/store-rules.js';

void start(configOrExit());

async function start(config: Config): Promise<void> {
  const log = rootLogger(config);
  try {
    const app = await createApp(config, HoldfastModule.with(config));
    armFailpoint(config);
    new Shutdown(app, log, config.shutdownDeadlineMs).listen();
    await listenOn(app, config.port, config.host);
  } catch (error) {
    if (error instanceof SchemaTooOld || error instanceof UnsafeStore) log.fatal(error.message);
    else log.fatal({ err: error }, 'the start failed');
    process.exit(1);
  }
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    // There is no log yet: its level is one of the settings.
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
