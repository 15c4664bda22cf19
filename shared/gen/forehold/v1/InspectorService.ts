// Original file: proto/forehold/v1/inspector.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLeaseRequestInput as _forehold_v1_GetLeaseRequestInput, GetLeaseRequest as _forehold_v1_GetLeaseRequest } from '../../forehold/v1/GetLeaseRequest.ts';
import type { GetLeaseResponseInput as _forehold_v1_GetLeaseResponseInput, GetLeaseResponse as _forehold_v1_GetLeaseResponse } from '../../forehold/v1/GetLeaseResponse.ts';
import type { ListImagesRequestInput as _forehold_v1_ListImagesRequestInput, ListImagesRequest as _forehold_v1_ListImagesRequest } from '../../forehold/v1/ListImagesRequest.ts';
import type { ListImagesResponseInput as _forehold_v1_ListImagesResponseInput, ListImagesResponse as _forehold_v1_ListImagesResponse } from '../../forehold/v1/ListImagesResponse.ts';
import type { ListLeasesRequestInput as _forehold_v1_ListLeasesRequestInput, ListLeasesRequest as _forehold_v1_ListLeasesRequest } from '../../forehold/v1/ListLeasesRequest.ts';
import type { ListLeasesResponseInput as _forehold_v1_ListLeasesResponseInput, ListLeasesResponse as _forehold_v1_ListLeasesResponse } from '../../forehold/v1/ListLeasesResponse.ts';
import type { ListNodesRequestInput as _forehold_v1_ListNodesRequestInput, ListNodesRequest as _forehold_v1_ListNodesRequest } from '../../forehold/v1/ListNodesRequest.ts';
import type { ListNodesResponseInput as _forehold_v1_ListNodesResponseInput, ListNodesResponse as _forehold_v1_ListNodesResponse } from '../../forehold/v1/ListNodesResponse.ts';
import type { WatchLeasesRequestInput as _forehold_v1_WatchLeasesRequestInput, WatchLeasesRequest as _forehold_v1_WatchLeasesRequest } from '../../forehold/v1/WatchLeasesRequest.ts';
import type { WatchLeasesResponseInput as _forehold_v1_WatchLeasesResponseInput, WatchLeasesResponse as _forehold_v1_WatchLeasesResponse } from '../../forehold/v1/WatchLeasesResponse.ts';

/**
 * What the coordinator knows, for grpcurl, the CLI and people.
 * 
 * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
 * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
 */
export interface InspectorServiceClient extends grpc.Client {
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
 * What the coordinator knows, for grpcurl, the CLI and people.
 * 
 * Lists are paged: page_size defaults to 500, at most 1,000; page_token is the next_page_token of the page before,
 * with the same filters, else INVALID_ARGUMENT. An empty next_page_token means that this was the last page.
 */
export interface InspectorServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * NOT_FOUND for a lease that is neither live nor among the last 1,000 ended ones.
   */
  GetLease: grpc.handleUnaryCall<_forehold_v1_GetLeaseRequest, _forehold_v1_GetLeaseResponseInput>;
  
  /**
   * Desired images. Sorted by normalised reference.
   */
  ListImages: grpc.handleUnaryCall<_forehold_v1_ListImagesRequest, _forehold_v1_ListImagesResponseInput>;
  
  /**
   * Live leases, and with include_ended the last 1,000 ended ones. Sorted by lease id.
   */
  ListLeases: grpc.handleUnaryCall<_forehold_v1_ListLeasesRequest, _forehold_v1_ListLeasesResponseInput>;
  
  /**
   * Nodes of the cluster. Sorted by name.
   */
  ListNodes: grpc.handleUnaryCall<_forehold_v1_ListNodesRequest, _forehold_v1_ListNodesResponseInput>;
  
  /**
   * Live leases first, then every change, until the caller leaves or the coordinator stops (UNAVAILABLE). A caller
   * that falls more than 1,000 changes behind is ended with RESOURCE_EXHAUSTED.
   */
  WatchLeases: grpc.handleServerStreamingCall<_forehold_v1_WatchLeasesRequest, _forehold_v1_WatchLeasesResponseInput>;
  
}

export interface InspectorServiceDefinition extends grpc.ServiceDefinition {
  GetLease: MethodDefinition<_forehold_v1_GetLeaseRequestInput, _forehold_v1_GetLeaseResponseInput, _forehold_v1_GetLeaseRequest, _forehold_v1_GetLeaseResponse>
  ListImages: MethodDefinition<_forehold_v1_ListImagesRequestInput, _forehold_v1_ListImagesResponseInput, _forehold_v1_ListImagesRequest, _forehold_v1_ListImagesResponse>
  ListLeases: MethodDefinition<_forehold_v1_ListLeasesRequestInput, _forehold_v1_ListLeasesResponseInput, _forehold_v1_ListLeasesRequest, _forehold_v1_ListLeasesResponse>
  ListNodes: MethodDefinition<_forehold_v1_ListNodesRequestInput, _forehold_v1_ListNodesResponseInput, _forehold_v1_ListNodesRequest, _forehold_v1_ListNodesResponse>
  WatchLeases: MethodDefinition<_forehold_v1_WatchLeasesRequestInput, _forehold_v1_WatchLeasesResponseInput, _forehold_v1_WatchLeasesRequest, _forehold_v1_WatchLeasesResponse>
}
