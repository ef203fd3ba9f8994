using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Admin;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(OrganizationDocument))]
[JsonSerializable(typeof(Page<OrganizationDocument>))]
[JsonSerializable(typeof(CreateOrganizationRequest))]
[JsonSerializable(typeof(Page<WorkspaceDocument>))]
[JsonSerializable(typeof(WorkspaceDocument))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
[JsonSerializable(typeof(AdminKeyDocument))]
[JsonSerializable(typeof(Page<AdminKeyDocument>))]
[JsonSerializable(typeof(CreateAdminKeyRequest))]
[JsonSerializable(typeof(RevokeAdminKeyRequest))]
internal sealed partial class AdminJson : JsonSerializerContext;
