/** Queries over the naive model of what lies below them: what is left to differ from Qdrant is their own arithmetic. */
import { describeQdrantQueries } from './qdrant-queries.behaviour.js';
import { NaiveCollection } from './support/naive-collection.js';

describeQdrantQueries('queries', async (config, points) => new NaiveCollection(config, points));
