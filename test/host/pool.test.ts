import {createPool} from '../../src/host/pool.js';
import {describeHost} from './contract.js';

describeHost('the pool', folders => createPool(folders));
