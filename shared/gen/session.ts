import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AgentMessageInput as _forehold_v1_AgentMessageInput, AgentMessage as _forehold_v1_AgentMessage } from './forehold/v1/AgentMessage.ts';
import type { CoordinatorMessageInput as _forehold_v1_CoordinatorMessageInput, CoordinatorMessage as _forehold_v1_CoordinatorMessage } from './forehold/v1/CoordinatorMessage.ts';
import type { DrainInput as _forehold_v1_DrainInput, Drain as _forehold_v1_Drain } from './forehold/v1/Drain.ts';
import type { FailedPullInput as _forehold_v1_FailedPullInput, FailedPull as _forehold_v1_FailedPull } from './forehold/v1/FailedPull.ts';
import type { HeartbeatInput as _forehold_v1_HeartbeatInput, Heartbeat as _forehold_v1_Heartbeat } from './forehold/v1/Heartbeat.ts';
import type { HelloInput as _forehold_v1_HelloInput, Hello as _forehold_v1_Hello } from './forehold/v1/Hello.ts';
import type { InventoryChunkInput as _forehold_v1_InventoryChunkInput, InventoryChunk as _forehold_v1_InventoryChunk } from './forehold/v1/InventoryChunk.ts';
import type { InventoryDeltaInput as _forehold_v1_InventoryDeltaInput, InventoryDelta as _forehold_v1_InventoryDelta } from './forehold/v1/InventoryDelta.ts';
import type { InventoryEntryInput as _forehold_v1_InventoryEntryInput, InventoryEntry as _forehold_v1_InventoryEntry } from './forehold/v1/InventoryEntry.ts';
import type { LeaseInput as _forehold_v1_LeaseInput, Lease as _forehold_v1_Lease } from './forehold/v1/Lease.ts';
import type { LeaseUpdateInput as _forehold_v1_LeaseUpdateInput, LeaseUpdate as _forehold_v1_LeaseUpdate } from './forehold/v1/LeaseUpdate.ts';
import type { OfferInput as _forehold_v1_OfferInput, Offer as _forehold_v1_Offer } from './forehold/v1/Offer.ts';
import type { OutcomeAckInput as _forehold_v1_OutcomeAckInput, OutcomeAck as _forehold_v1_OutcomeAck } from './forehold/v1/OutcomeAck.ts';
import type { PlatformInput as _forehold_v1_PlatformInput, Platform as _forehold_v1_Platform } from './forehold/v1/Platform.ts';
import type { ResyncInput as _forehold_v1_ResyncInput, Resync as _forehold_v1_Resync } from './forehold/v1/Resync.ts';
import type { RevokeInput as _forehold_v1_RevokeInput, Revoke as _forehold_v1_Revoke } from './forehold/v1/Revoke.ts';
import type { SessionServiceClient as _forehold_v1_SessionServiceClient, SessionServiceDefinition as _forehold_v1_SessionServiceDefinition } from './forehold/v1/SessionService.ts';
import type { TolerationInput as _forehold_v1_TolerationInput, Toleration as _forehold_v1_Toleration } from './forehold/v1/Toleration.ts';
import type { UnseenPullInput as _forehold_v1_UnseenPullInput, UnseenPull as _forehold_v1_UnseenPull } from './forehold/v1/UnseenPull.ts';
import type { WelcomeInput as _forehold_v1_WelcomeInput, Welcome as _forehold_v1_Welcome } from './forehold/v1/Welcome.ts';
import type { DurationInput as _google_protobuf_DurationInput, Duration as _google_protobuf_Duration } from './google/protobuf/Duration.ts';
import type { TimestampInput as _google_protobuf_TimestampInput, Timestamp as _google_protobuf_Timestamp } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  forehold: {
    v1: {
      AgentMessage: MessageTypeDefinition<_forehold_v1_AgentMessageInput, _forehold_v1_AgentMessage>
      CoordinatorMessage: MessageTypeDefinition<_forehold_v1_CoordinatorMessageInput, _forehold_v1_CoordinatorMessage>
      Drain: MessageTypeDefinition<_forehold_v1_DrainInput, _forehold_v1_Drain>
      FailedPull: MessageTypeDefinition<_forehold_v1_FailedPullInput, _forehold_v1_FailedPull>
      Heartbeat: MessageTypeDefinition<_forehold_v1_HeartbeatInput, _forehold_v1_Heartbeat>
      Hello: MessageTypeDefinition<_forehold_v1_HelloInput, _forehold_v1_Hello>
      ImagePullPolicy: EnumTypeDefinition
      InventoryChunk: MessageTypeDefinition<_forehold_v1_InventoryChunkInput, _forehold_v1_InventoryChunk>
      InventoryDelta: MessageTypeDefinition<_forehold_v1_InventoryDeltaInput, _forehold_v1_InventoryDelta>
      InventoryEntry: MessageTypeDefinition<_forehold_v1_InventoryEntryInput, _forehold_v1_InventoryEntry>
      Lease: MessageTypeDefinition<_forehold_v1_LeaseInput, _forehold_v1_Lease>
      LeasePhase: EnumTypeDefinition
      LeaseUpdate: MessageTypeDefinition<_forehold_v1_LeaseUpdateInput, _forehold_v1_LeaseUpdate>
      LeaseUpdateState: EnumTypeDefinition
      Offer: MessageTypeDefinition<_forehold_v1_OfferInput, _forehold_v1_Offer>
      Outcome: EnumTypeDefinition
      OutcomeAck: MessageTypeDefinition<_forehold_v1_OutcomeAckInput, _forehold_v1_OutcomeAck>
      Platform: MessageTypeDefinition<_forehold_v1_PlatformInput, _forehold_v1_Platform>
      Provenance: EnumTypeDefinition
      Reason: EnumTypeDefinition
      Resync: MessageTypeDefinition<_forehold_v1_ResyncInput, _forehold_v1_Resync>
      Revoke: MessageTypeDefinition<_forehold_v1_RevokeInput, _forehold_v1_Revoke>
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
      SessionService: SubtypeConstructor<typeof grpc.Client, _forehold_v1_SessionServiceClient> & { service: _forehold_v1_SessionServiceDefinition }
      Toleration: MessageTypeDefinition<_forehold_v1_TolerationInput, _forehold_v1_Toleration>
      UnseenPull: MessageTypeDefinition<_forehold_v1_UnseenPullInput, _forehold_v1_UnseenPull>
      Welcome: MessageTypeDefinition<_forehold_v1_WelcomeInput, _forehold_v1_Welcome>
    }
  }
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_DurationInput, _google_protobuf_Duration>
      Timestamp: MessageTypeDefinition<_google_protobuf_TimestampInput, _google_protobuf_Timestamp>
    }
  }
}

