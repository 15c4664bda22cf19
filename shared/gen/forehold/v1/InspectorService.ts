// Original file: proto/forehold/v1/inspector.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ExplainRequestInput as _forehold_v1_ExplainRequestInput, ExplainRequest as _forehold_v1_ExplainRequest } from '../../forehold/v1/ExplainRequest.ts';
import type { ExplainResponseInput as _forehold_v1_ExplainResponseInput, ExplainResponse as _forehold_v1_ExplainResponse } from '../../forehold/v1/ExplainResponse.ts';
import type { GetLeaseRequestInput as _forehold_v1_GetLeaseRequestInput, GetLeaseRequest as _forehold_v1_GetLeaseRequest } from '../../forehold/v1/GetLeaseRequest.ts';
import type { GetLeaseResponseInput as _forehold_v1_GetLeaseResponseInput, GetLeaseResponse as _forehold_v1_GetLeaseResponse } from '../../forehold/v1/GetLeaseResponse.ts';
import type { GetNodeRequestInput as _forehold_v1_GetNodeRequestInput, GetNodeRequest as _forehold_v1_GetNodeRequest } from '../../forehold/v1/GetNodeRequest.ts';
import type { GetNodeResponseInput as _forehold_v1_GetNodeResponseInput, GetNodeResponse as _forehold_v1_GetNodeResponse } from '../../forehold/v1/GetNodeResponse.ts';
import type { ListImagesRequestInput as _forehold_v1_ListImagesRequestInput, ListImagesRequest as _forehold_v1_ListImagesRequest } from '../../forehold/v1/ListImagesRequest.ts';
import type { ListImagesResponseInput as _forehold_v1_ListImagesResponseInput, ListImagesResponse as _forehold_v1_ListImagesResponse } from '../../forehold/v1/ListImagesResponse.ts';
import type { ListLeasesRequestInput as _forehold_v1_ListLeasesRequestInput, ListLeasesRequest as _forehold_v1_ListLeasesRequest } from '../../forehold/v1/ListLeasesRequest.ts';
import type { ListLeasesResponseInput as _forehold_v1_ListLeasesResponseInput, ListLeasesResponse as _forehold_v1_ListLeasesResponse } from '../../forehold/v1/ListLeasesResponse.ts';
import type { ListLimitsRequestInput as _forehold_v1_ListLimitsRequestInput, ListLimitsRequest as _forehold_v1_ListLimitsRequest } from '../../forehold/v1/ListLimitsRequest.ts';
import type { ListLimitsResponseInput as _forehold_v1_ListLimitsResponseInput, ListLimitsResponse as _forehold_v1_ListLimitsResponse } from '../../forehold/v1/ListLimitsResponse.ts';
import type { ListNodesRequestInput as _forehold_v1_ListNodesRequestInput, ListNodesRequest as _forehold_v1_ListNodesRequest } from '../../forehold/v1/ListNodesRequest.ts';
import type { ListNodesResponseInput as _forehold_v1_ListNodesResponseInput, ListNodesResponse as _forehold_v1_ListNodesResponse } from '../../forehold/v1/ListNodesResponse.ts';
import type { PauseRequestInput as _forehold_v1_PauseRequestInput, PauseRequest as _forehold_v1_PauseRequest } from '../../forehold/v1/PauseRequest.ts';
import type { PauseResponseInput as _forehold_v1_PauseResponseInput, PauseResponse as _forehold_v1_PauseResponse } from '../../forehold/v1/PauseResponse.ts';
import type { ResumeRequestInput as _forehold_v1_ResumeRequestInput, ResumeRequest as _forehold_v1_ResumeRequest } from '../../forehold/v1/ResumeRequest.ts';
import type { ResumeResponseInput as _forehold_v1_ResumeResponseInput, ResumeResponse as _forehold_v1_ResumeResponse } from '../../forehold/v1/ResumeResponse.ts';
import type { RevokeLeaseRequestInput as _forehold_v1_RevokeLeaseRequestInput, RevokeLeaseRequest as _forehold_v1_RevokeLeaseRequest } from '../../forehold/v1/RevokeLeaseRequest.ts';
import type { RevokeLeaseResponseInput as _forehold_v1_RevokeLeaseResponseInput, RevokeLeaseResponse as _forehold_v1_RevokeLeaseResponse } from '../../forehold/v1/RevokeLeaseResponse.ts';
import type { WatchLeasesRequestInput as _forehold_v1_WatchLeasesRequestInput, WatchLeasesRequest as _forehold_v1_WatchLeasesRequest } from '../../forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput as _forehold_v1_WatchLeasesResponseInput, WatchLeasesResponse as _forehold_v1_WatchLeasesResponse } from '../../forehold/v1/WatchLeasesResponse.ts';

/**
 * What the coordinator knows, for grpcurl, the CLI and people; and the three things that people may ask of it: to give a
 * lease back, to pause and to resume.
 * 
 * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
 * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
 * 
 * Outside loopback every call carries the metadata `authorization: Bearer TOKEN` with a token for the audience
 * `forehold-inspector` (`kubectl create token forehold-viewer --audience forehold-inspector --duration 10m`), else
 * UNAUTHENTICATED; its account must be allowed the verb on the resource of group forehold.dev that the method stands
 * for, else PERMISSION_DENIED. A stream is asked about again every 30 s and ends with its token or its permission.
 */
export interface InspectorServiceClient extends grpc.Client {
  /**
   * Why an image is or is not on a node: one reason, decided by the same rules as offers are. NOT_FOUND when no
   * CachedImage wants the image, or when there is no such node.
   */
  Explain(argument: _forehold_v1_ExplainRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  Explain(argument: _forehold_v1_ExplainRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  Explain(argument: _forehold_v1_ExplainRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  Explain(argument: _forehold_v1_ExplainRequestInput, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  /**
   * Why an image is or is not on a node: one reason, decided by the same rules as offers are. NOT_FOUND when no
   * CachedImage wants the image, or when there is no such node.
   */
  explain(argument: _forehold_v1_ExplainRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  explain(argument: _forehold_v1_ExplainRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  explain(argument: _forehold_v1_ExplainRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  explain(argument: _forehold_v1_ExplainRequestInput, callback: grpc.requestCallback<_forehold_v1_ExplainResponse>): grpc.ClientUnaryCall;
  
  /**
   * NOT_FOUND for a lease that is neither live nor among the last 1,000 ended ones.
   */
  GetLease(argument: _forehold_v1_GetLeaseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  GetLease(argument: _forehold_v1_GetLeaseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  GetLease(argument: _forehold_v1_GetLeaseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  GetLease(argument: _forehold_v1_GetLeaseRequestInput, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  /**
   * NOT_FOUND for a lease that is neither live nor among the last 1,000 ended ones.
   */
  getLease(argument: _forehold_v1_GetLeaseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  getLease(argument: _forehold_v1_GetLeaseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  getLease(argument: _forehold_v1_GetLeaseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  getLease(argument: _forehold_v1_GetLeaseRequestInput, callback: grpc.requestCallback<_forehold_v1_GetLeaseResponse>): grpc.ClientUnaryCall;
  
  /**
   * One node, its live leases, and where it stands with each image that it should have. NOT_FOUND for a name that no
   * node object bears.
   */
  GetNode(argument: _forehold_v1_GetNodeRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  GetNode(argument: _forehold_v1_GetNodeRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  GetNode(argument: _forehold_v1_GetNodeRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  GetNode(argument: _forehold_v1_GetNodeRequestInput, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  /**
   * One node, its live leases, and where it stands with each image that it should have. NOT_FOUND for a name that no
   * node object bears.
   */
  getNode(argument: _forehold_v1_GetNodeRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  getNode(argument: _forehold_v1_GetNodeRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  getNode(argument: _forehold_v1_GetNodeRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  getNode(argument: _forehold_v1_GetNodeRequestInput, callback: grpc.requestCallback<_forehold_v1_GetNodeResponse>): grpc.ClientUnaryCall;
  
  /**
   * Desired images. Sorted by normalised reference.
   */
  ListImages(argument: _forehold_v1_ListImagesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  ListImages(argument: _forehold_v1_ListImagesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  ListImages(argument: _forehold_v1_ListImagesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  ListImages(argument: _forehold_v1_ListImagesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  /**
   * Desired images. Sorted by normalised reference.
   */
  listImages(argument: _forehold_v1_ListImagesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  listImages(argument: _forehold_v1_ListImagesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  listImages(argument: _forehold_v1_ListImagesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  listImages(argument: _forehold_v1_ListImagesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListImagesResponse>): grpc.ClientUnaryCall;
  
  /**
   * Live leases, and with include_ended the last 1,000 ended ones. Sorted by lease id.
   */
  ListLeases(argument: _forehold_v1_ListLeasesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  ListLeases(argument: _forehold_v1_ListLeasesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  ListLeases(argument: _forehold_v1_ListLeasesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  ListLeases(argument: _forehold_v1_ListLeasesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  /**
   * Live leases, and with include_ended the last 1,000 ended ones. Sorted by lease id.
   */
  listLeases(argument: _forehold_v1_ListLeasesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  listLeases(argument: _forehold_v1_ListLeasesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  listLeases(argument: _forehold_v1_ListLeasesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  listLeases(argument: _forehold_v1_ListLeasesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListLeasesResponse>): grpc.ClientUnaryCall;
  
  /**
   * Every limit, one row for each thing that it is counted per (a registry, a zone, a node, …), and what is paused.
   * Sorted by limit and scope. A scope without a live lease and without a waiting pair has no row, nor has a node without
   * a live lease, because a limit per node holds nothing back there. The first page and no other has the pauses.
   */
  ListLimits(argument: _forehold_v1_ListLimitsRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  ListLimits(argument: _forehold_v1_ListLimitsRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  ListLimits(argument: _forehold_v1_ListLimitsRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  ListLimits(argument: _forehold_v1_ListLimitsRequestInput, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  /**
   * Every limit, one row for each thing that it is counted per (a registry, a zone, a node, …), and what is paused.
   * Sorted by limit and scope. A scope without a live lease and without a waiting pair has no row, nor has a node without
   * a live lease, because a limit per node holds nothing back there. The first page and no other has the pauses.
   */
  listLimits(argument: _forehold_v1_ListLimitsRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  listLimits(argument: _forehold_v1_ListLimitsRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  listLimits(argument: _forehold_v1_ListLimitsRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  listLimits(argument: _forehold_v1_ListLimitsRequestInput, callback: grpc.requestCallback<_forehold_v1_ListLimitsResponse>): grpc.ClientUnaryCall;
  
  /**
   * Nodes of the cluster. Sorted by name.
   */
  ListNodes(argument: _forehold_v1_ListNodesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  ListNodes(argument: _forehold_v1_ListNodesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  ListNodes(argument: _forehold_v1_ListNodesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  ListNodes(argument: _forehold_v1_ListNodesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  /**
   * Nodes of the cluster. Sorted by name.
   */
  listNodes(argument: _forehold_v1_ListNodesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  listNodes(argument: _forehold_v1_ListNodesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  listNodes(argument: _forehold_v1_ListNodesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  listNodes(argument: _forehold_v1_ListNodesRequestInput, callback: grpc.requestCallback<_forehold_v1_ListNodesResponse>): grpc.ClientUnaryCall;
  
  /**
   * No new offer from now on, for everything, one PullPolicy or one image. Pulls under way go on. Kept in ConfigMap
   * forehold-pauses, so that it outlives restarts and changes of leader; when that cannot be written, nothing is paused
   * and the answer is UNAVAILABLE. A second pause of the same thing replaces the first. RESOURCE_EXHAUSTED beyond 100.
   */
  Pause(argument: _forehold_v1_PauseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  Pause(argument: _forehold_v1_PauseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  Pause(argument: _forehold_v1_PauseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  Pause(argument: _forehold_v1_PauseRequestInput, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  /**
   * No new offer from now on, for everything, one PullPolicy or one image. Pulls under way go on. Kept in ConfigMap
   * forehold-pauses, so that it outlives restarts and changes of leader; when that cannot be written, nothing is paused
   * and the answer is UNAVAILABLE. A second pause of the same thing replaces the first. RESOURCE_EXHAUSTED beyond 100.
   */
  pause(argument: _forehold_v1_PauseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  pause(argument: _forehold_v1_PauseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  pause(argument: _forehold_v1_PauseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  pause(argument: _forehold_v1_PauseRequestInput, callback: grpc.requestCallback<_forehold_v1_PauseResponse>): grpc.ClientUnaryCall;
  
  /**
   * Ends one pause; others may still hold back what it held back. NOT_FOUND when there is none of this scope and name.
   */
  Resume(argument: _forehold_v1_ResumeRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  Resume(argument: _forehold_v1_ResumeRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  Resume(argument: _forehold_v1_ResumeRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  Resume(argument: _forehold_v1_ResumeRequestInput, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  /**
   * Ends one pause; others may still hold back what it held back. NOT_FOUND when there is none of this scope and name.
   */
  resume(argument: _forehold_v1_ResumeRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  resume(argument: _forehold_v1_ResumeRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  resume(argument: _forehold_v1_ResumeRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  resume(argument: _forehold_v1_ResumeRequestInput, callback: grpc.requestCallback<_forehold_v1_ResumeResponse>): grpc.ClientUnaryCall;
  
  /**
   * Takes a live lease back: its pull pod is deleted gracefully, by its agent or by the coordinator, and the slot counts
   * until the pod is gone. A pull cannot be stopped: what the kubelet has begun it ends, and the image may well
   * arrive. The pair is offered again after a backoff. NOT_FOUND for a lease that is not known, FAILED_PRECONDITION
   * for one that is live no more. Asked twice it answers the same.
   */
  RevokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  RevokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  RevokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  RevokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  /**
   * Takes a live lease back: its pull pod is deleted gracefully, by its agent or by the coordinator, and the slot counts
   * until the pod is gone. A pull cannot be stopped: what the kubelet has begun it ends, and the image may well
   * arrive. The pair is offered again after a backoff. NOT_FOUND for a lease that is not known, FAILED_PRECONDITION
   * for one that is live no more. Asked twice it answers the same.
   */
  revokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  revokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  revokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  revokeLease(argument: _forehold_v1_RevokeLeaseRequestInput, callback: grpc.requestCallback<_forehold_v1_RevokeLeaseResponse>): grpc.ClientUnaryCall;
  
  /**
   * Live leases first, then every change, until the caller leaves or the coordinator stops (UNAVAILABLE). A caller
   * that falls more than 1,000 changes behind is ended with RESOURCE_EXHAUSTED.
   */
  WatchLeases(argument: _forehold_v1_WatchLeasesRequestInput, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_forehold_v1_WatchLeasesResponse>;
  WatchLeases(argument: _forehold_v1_WatchLeasesRequestInput, options?: grpc.CallOptions): grpc.ClientReadableStream<_forehold_v1_WatchLeasesResponse>;
  /**
   * Live leases first, then every change, until the caller leaves or the coordinator stops (UNAVAILABLE). A caller
   * that falls more than 1,000 changes behind is ended with RESOURCE_EXHAUSTED.
   */
  watchLeases(argument: _forehold_v1_WatchLeasesRequestInput, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_forehold_v1_WatchLeasesResponse>;
  watchLeases(argument: _forehold_v1_WatchLeasesRequestInput, options?: grpc.CallOptions): grpc.ClientReadableStream<_forehold_v1_WatchLeasesResponse>;
  
}

/**
 * What the coordinator knows, for grpcurl, the CLI and people; and the three things that people may ask of it: to give a
 * lease back, to pause and to resume.
 * 
 * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
 * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
 * 
 * Outside loopback every call carries the metadata `authorization: Bearer TOKEN` with a token for the audience
 * `forehold-inspector` (`kubectl create token forehold-viewer --audience forehold-inspector --duration 10m`), else
 * UNAUTHENTICATED; its account must be allowed the verb on the resource of group forehold.dev that the method stands
 * for, else PERMISSION_DENIED. A stream is asked about again every 30 s and ends with its token or its permission.
 */
export interface InspectorServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Why an image is or is not on a node: one reason, decided by the same rules as offers are. NOT_FOUND when no
   * CachedImage wants the image, or when there is no such node.
   */
  Explain: grpc.handleUnaryCall<_forehold_v1_ExplainRequest, _forehold_v1_ExplainResponseInput>;
  
  /**
   * NOT_FOUND for a lease that is neither live nor among the last 1,000 ended ones.
   */
  GetLease: grpc.handleUnaryCall<_forehold_v1_GetLeaseRequest, _forehold_v1_GetLeaseResponseInput>;
  
  /**
   * One node, its live leases, and where it stands with each image that it should have. NOT_FOUND for a name that no
   * node object bears.
   */
  GetNode: grpc.handleUnaryCall<_forehold_v1_GetNodeRequest, _forehold_v1_GetNodeResponseInput>;
  
  /**
   * Desired images. Sorted by normalised reference.
   */
  ListImages: grpc.handleUnaryCall<_forehold_v1_ListImagesRequest, _forehold_v1_ListImagesResponseInput>;
  
  /**
   * Live leases, and with include_ended the last 1,000 ended ones. Sorted by lease id.
   */
  ListLeases: grpc.handleUnaryCall<_forehold_v1_ListLeasesRequest, _forehold_v1_ListLeasesResponseInput>;
  
  /**
   * Every limit, one row for each thing that it is counted per (a registry, a zone, a node, …), and what is paused.
   * Sorted by limit and scope. A scope without a live lease and without a waiting pair has no row, nor has a node without
   * a live lease, because a limit per node holds nothing back there. The first page and no other has the pauses.
   */
  ListLimits: grpc.handleUnaryCall<_forehold_v1_ListLimitsRequest, _forehold_v1_ListLimitsResponseInput>;
  
  /**
   * Nodes of the cluster. Sorted by name.
   */
  ListNodes: grpc.handleUnaryCall<_forehold_v1_ListNodesRequest, _forehold_v1_ListNodesResponseInput>;
  
  /**
   * No new offer from now on, for everything, one PullPolicy or one image. Pulls under way go on. Kept in ConfigMap
   * forehold-pauses, so that it outlives restarts and changes of leader; when that cannot be written, nothing is paused
   * and the answer is UNAVAILABLE. A second pause of the same thing replaces the first. RESOURCE_EXHAUSTED beyond 100.
   */
  Pause: grpc.handleUnaryCall<_forehold_v1_PauseRequest, _forehold_v1_PauseResponseInput>;
  
  /**
   * Ends one pause; others may still hold back what it held back. NOT_FOUND when there is none of this scope and name.
   */
  Resume: grpc.handleUnaryCall<_forehold_v1_ResumeRequest, _forehold_v1_ResumeResponseInput>;
  
  /**
   * Takes a live lease back: its pull pod is deleted gracefully, by its agent or by the coordinator, and the slot counts
   * until the pod is gone. A pull cannot be stopped: what the kubelet has begun it ends, and the image may well
   * arrive. The pair is offered again after a backoff. NOT_FOUND for a lease that is not known, FAILED_PRECONDITION
   * for one that is live no more. Asked twice it answers the same.
   */
  RevokeLease: grpc.handleUnaryCall<_forehold_v1_RevokeLeaseRequest, _forehold_v1_RevokeLeaseResponseInput>;
  
  /**
   * Live leases first, then every change, until the caller leaves or the coordinator stops (UNAVAILABLE). A caller
   * that falls more than 1,000 changes behind is ended with RESOURCE_EXHAUSTED.
   */
  WatchLeases: grpc.handleServerStreamingCall<_forehold_v1_WatchLeasesRequest, _forehold_v1_WatchLeasesResponseInput>;
  
}

export interface InspectorServiceDefinition extends grpc.ServiceDefinition {
  Explain: MethodDefinition<_forehold_v1_ExplainRequestInput, _forehold_v1_ExplainResponseInput, _forehold_v1_ExplainRequest, _forehold_v1_ExplainResponse>
  GetLease: MethodDefinition<_forehold_v1_GetLeaseRequestInput, _forehold_v1_GetLeaseResponseInput, _forehold_v1_GetLeaseRequest, _forehold_v1_GetLeaseResponse>
  GetNode: MethodDefinition<_forehold_v1_GetNodeRequestInput, _forehold_v1_GetNodeResponseInput, _forehold_v1_GetNodeRequest, _forehold_v1_GetNodeResponse>
  ListImages: MethodDefinition<_forehold_v1_ListImagesRequestInput, _forehold_v1_ListImagesResponseInput, _forehold_v1_ListImagesRequest, _forehold_v1_ListImagesResponse>
  ListLeases: MethodDefinition<_forehold_v1_ListLeasesRequestInput, _forehold_v1_ListLeasesResponseInput, _forehold_v1_ListLeasesRequest, _forehold_v1_ListLeasesResponse>
  ListLimits: MethodDefinition<_forehold_v1_ListLimitsRequestInput, _forehold_v1_ListLimitsResponseInput, _forehold_v1_ListLimitsRequest, _forehold_v1_ListLimitsResponse>
  ListNodes: MethodDefinition<_forehold_v1_ListNodesRequestInput, _forehold_v1_ListNodesResponseInput, _forehold_v1_ListNodesRequest, _forehold_v1_ListNodesResponse>
  Pause: MethodDefinition<_forehold_v1_PauseRequestInput, _forehold_v1_PauseResponseInput, _forehold_v1_PauseRequest, _forehold_v1_PauseResponse>
  Resume: MethodDefinition<_forehold_v1_ResumeRequestInput, _forehold_v1_ResumeResponseInput, _forehold_v1_ResumeRequest, _forehold_v1_ResumeResponse>
  RevokeLease: MethodDefinition<_forehold_v1_RevokeLeaseRequestInput, _forehold_v1_RevokeLeaseResponseInput, _forehold_v1_RevokeLeaseRequest, _forehold_v1_RevokeLeaseResponse>
  WatchLeases: MethodDefinition<_forehold_v1_WatchLeasesRequestInput, _forehold_v1_WatchLeasesResponseInput, _forehold_v1_WatchLeasesRequest, _forehold_v1_WatchLeasesResponse>
}
