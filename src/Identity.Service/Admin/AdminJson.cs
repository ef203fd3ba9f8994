using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

[JsonSourceGenerationOptions(
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(OrganizationDocument))]
[JsonSerializable(typeof(OrganizationListDocument))]
[JsonSerializable(typeof(CreateOrganizationRequest))]
[JsonSerializable(typeof(WorkspaceListDocument))]
[JsonSerializable(typeof(WorkspaceDocument))]
[JsonSerializable(typeof(CreateWorkspaceRequest))]
[JsonSerializable(typeof(AdminKeyDocument))]
[JsonSerializable(typeof(AdminKeyListDocument))]
[JsonSerializable(typeof(CreateAdminKeyRequest))]
[JsonSerializable(typeof(RevokeAdminKeyRequest))]
internal sealed partial class AdminJson : JsonSerializerContext;
