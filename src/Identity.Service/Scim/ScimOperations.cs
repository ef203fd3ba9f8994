using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Scim;

/// <summary>The protocol (RFC 7644 §3.2) describes its own operations; the settings are operations of the API.</summary>
internal static class ScimOperations
{
    private const string Base = "/scim/{issuer_id}/v2";
    private const string Users = $"{Base}/Users";
    private const string User = $"{Users}/{{id}}";
    private const string Groups = $"{Base}/Groups";
    private const string Group = $"{Groups}/{{id}}";
    private const string Settings = "/v1/organizations/federation_issuers/{id}/scim";

    public static readonly Operation GetSettings = Operation
        .Get("get_scim_settings", Settings, Access.OrganizationAdmin, RoleSet.Viewing)
        .Describe(
            "Get the settings of a directory",
            "How the people and groups of an issuer are provisioned by SCIM, and the URL for the directory."
        )
        .Returns<ScimSettingsDocument>();

    public static readonly Operation UpdateSettings = Operation
        .Post("update_scim_settings", Settings, Access.OrganizationAdmin, RoleSet.Administering)
        .Describe(
            "Update the settings of a directory",
            "Sets which attribute of a user is the subject of the issuer's tokens. Refused while users are provisioned."
        )
        .Accepts<UpdateScimSettingsRequest>()
        .Returns<ScimSettingsDocument>();

    public static readonly Operation CreateUser = Create(HttpMethods.Post, Users);
    public static readonly Operation ListUsers = Create(HttpMethods.Get, Users);
    public static readonly Operation GetUser = Create(HttpMethods.Get, User);
    public static readonly Operation ReplaceUser = Create(HttpMethods.Put, User);
    public static readonly Operation PatchUser = Create(HttpMethods.Patch, User);
    public static readonly Operation DeleteUser = Create(HttpMethods.Delete, User);
    public static readonly Operation CreateGroup = Create(HttpMethods.Post, Groups);
    public static readonly Operation ListGroups = Create(HttpMethods.Get, Groups);
    public static readonly Operation GetGroup = Create(HttpMethods.Get, Group);
    public static readonly Operation ReplaceGroup = Create(HttpMethods.Put, Group);
    public static readonly Operation PatchGroup = Create(HttpMethods.Patch, Group);
    public static readonly Operation DeleteGroup = Create(HttpMethods.Delete, Group);
    public static readonly Operation GetConfiguration = Create(HttpMethods.Get, $"{Base}/ServiceProviderConfig");
    public static readonly Operation ListResourceTypes = Create(HttpMethods.Get, $"{Base}/ResourceTypes");
    public static readonly Operation GetResourceType = Create(HttpMethods.Get, $"{Base}/ResourceTypes/{{id}}");
    public static readonly Operation ListSchemas = Create(HttpMethods.Get, $"{Base}/Schemas");
    public static readonly Operation GetSchema = Create(HttpMethods.Get, $"{Base}/Schemas/{{id}}");

    public static string GetUrl(ServiceIdentity identity, string issuerId) =>
        $"{identity.PublicUrl}/scim/{issuerId}/v2";

    private static Operation Create(string method, string path) => Operation.OfProtocol(method, path, Access.Scim);
}
