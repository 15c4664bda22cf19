// Original file: proto/forehold/v1/session.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentMessageInput as _forehold_v1_AgentMessageInput, AgentMessage as _forehold_v1_AgentMessage } from '../../forehold/v1/AgentMessage.ts';
import type { CoordinatorMessageInput as _forehold_v1_CoordinatorMessageInput, CoordinatorMessage as _forehold_v1_CoordinatorMessage } from '../../forehold/v1/CoordinatorMessage.ts';

/**
 * One stream per node, opened by its agent. The order on it:
 * 
 * agent: Hello            coordinator: Welcome
 * agent: InventoryChunk…  (only when Welcome wants the inventory)
 * agent: Heartbeat        at once after Welcome, then every heartbeat_interval
 * then freely: InventoryDelta, LeaseUpdate, Heartbeat   and   Offer, OutcomeAck, Revoke, Resync, Drain
 * 
 * A node's newest Hello supersedes its older stream, which ends with ABORTED. Errors of the agent end the stream:
 * INVALID_ARGUMENT for a malformed or misplaced message, RESOURCE_EXHAUSTED for one that is too large or for a
 * stream that is not read, UNAVAILABLE when the coordinator stops (dial again, with backoff), NOT_FOUND for a
 * lease id of this epoch that was never given to this node.
 * 
 * Who opens a stream is known by the metadata `authorization: Bearer TOKEN`: a token of the agents' service account for
 * the audience `forehold-session`, in which the API server names the agent's node by name and uid. The Hello must name
 * the same node. Refusals begin with their word and a colon. UNAUTHENTICATED: NoToken, MalformedToken, WrongAudience,
 * TokenInvalid; TokenExpired also ends a stream whose token has ended (dial again at once with the newest token).
 * PERMISSION_DENIED: WrongAccount, NoNodeClaim, WrongNode, WrongIdentity. UNAVAILABLE: ReviewUnavailable (the API
 * server cannot be asked). RESOURCE_EXHAUSTED: TooManyReviews.
 */
export interface SessionServiceClient extends grpc.Client {
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forehold_v1_AgentMessageInput, _forehold_v1_CoordinatorMessage>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forehold_v1_AgentMessageInput, _forehold_v1_CoordinatorMessage>;
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_forehold_v1_AgentMessageInput, _forehold_v1_CoordinatorMessage>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_forehold_v1_AgentMessageInput, _forehold_v1_CoordinatorMessage>;
  
}

/**
 * One stream per node, opened by its agent. The order on it:
 * 
 * agent: Hello            coordinator: Welcome
 * agent: InventoryChunk…  (only when Welcome wants the inventory)
 * agent: Heartbeat        at once after Welcome, then every heartbeat_interval
 * then freely: InventoryDelta, LeaseUpdate, Heartbeat   and   Offer, OutcomeAck, Revoke, Resync, Drain
 * 
 * A node's newest Hello supersedes its older stream, which ends with ABORTED. Errors of the agent end the stream:
 * INVALID_ARGUMENT for a malformed or misplaced message, RESOURCE_EXHAUSTED for one that is too large or for a
 * stream that is not read, UNAVAILABLE when the coordinator stops (dial again, with backoff), NOT_FOUND for a
 * lease id of this epoch that was never given to this node.
 * 
 * Who opens a stream is known by the metadata `authorization: Bearer TOKEN`: a token of the agents' service account for
 * the audience `forehold-session`, in which the API server names the agent's node by name and uid. The Hello must name
 * the same node. Refusals begin with their word and a colon. UNAUTHENTICATED: NoToken, MalformedToken, WrongAudience,
 * TokenInvalid; TokenExpired also ends a stream whose token has ended (dial again at once with the newest token).
 * PERMISSION_DENIED: WrongAccount, NoNodeClaim, WrongNode, WrongIdentity. UNAVAILABLE: ReviewUnavailable (the API
 * server cannot be asked). RESOURCE_EXHAUSTED: TooManyReviews.
 */
export interface SessionServiceHandlers extends grpc.UntypedServiceImplementation {
  Session: grpc.handleBidiStreamingCall<_forehold_v1_AgentMessage, _forehold_v1_CoordinatorMessageInput>;
  
}

export interface SessionServiceDefinition extends grpc.ServiceDefinition {
  Session: MethodDefinition<_forehold_v1_AgentMessageInput, _forehold_v1_CoordinatorMessageInput, _forehold_v1_AgentMessage, _forehold_v1_CoordinatorMessage>
}
