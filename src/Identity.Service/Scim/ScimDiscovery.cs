using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Scim;

/// <summary>What the service supports (RFC 7644 §4, RFC 7643 §5 to §7).</summary>
internal sealed class ScimDiscovery(ScimDirectoryStore directories, ServiceIdentity identity)
{
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:";
    private const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    public ValueTask<ApiAnswer> GetConfigurationAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(request, CreateConfiguration, cancellationToken);

    public ValueTask<ApiAnswer> ListResourceTypesAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request,
            url => List(ScimResourceType.All.Select(type => DescribeType(type, url))),
            cancellationToken
        );

    public ValueTask<ApiAnswer> GetResourceTypeAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request,
            url =>
                ScimResourceType.All.FirstOrDefault(type => type.Name == request.Route("id")) is { } type
                    ? DescribeType(type, url)
                    : null,
            cancellationToken
        );

    public ValueTask<ApiAnswer> ListSchemasAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request,
            url => List(ScimResourceType.All.Select(type => DescribeSchema(type, url))),
            cancellationToken
        );

    public ValueTask<ApiAnswer> GetSchemaAsync(ApiRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request,
            url =>
                ScimResourceType.All.FirstOrDefault(type => type.Schema == request.Route("id")) is { } type
                    ? DescribeSchema(type, url)
                    : null,
            cancellationToken
        );

    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        Func<string, JsonObject?> create,
        CancellationToken cancellationToken
    )
    {
        var issuerId = request.Route("issuer_id");
        return
            await directories.FindAsync(request.Caller.OrganizationId, issuerId, cancellationToken) is not null
            && create(ScimOperations.GetUrl(identity, issuerId)) is { } document
            ? ScimRequests.Answer(document)
            : RequestErrors.NotFound.Refuse();
    }

    private static JsonObject CreateConfiguration(string url) =>
        new()
        {
            ["schemas"] = new JsonArray(Core + "ServiceProviderConfig"),
            ["patch"] = Support(true),
            ["bulk"] = new JsonObject
            {
                ["supported"] = false,
                ["maxOperations"] = 0,
                ["maxPayloadSize"] = 0,
            },
            ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimQuery.MaxCount },
            ["changePassword"] = Support(false),
            ["sort"] = Support(false),
            ["etag"] = Support(true),
            ["authenticationSchemes"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "oauthbearertoken",
                    ["name"] = "Bearer token",
                    ["description"] =
                        $"An admin key with the role {Scopes.Scim}, or an access token with the scope {Scopes.Scim}.",
                    ["primary"] = true,
                }
            ),
            ["meta"] = CreateMeta("ServiceProviderConfig", $"{url}/ServiceProviderConfig"),
        };

    private static JsonObject DescribeType(ScimResourceType type, string url) =>
        new()
        {
            ["schemas"] = new JsonArray(Core + "ResourceType"),
            ["id"] = type.Name,
            ["name"] = type.Name,
            ["endpoint"] = "/" + type.Endpoint,
            ["schema"] = type.Schema,
            ["meta"] = CreateMeta("ResourceType", $"{url}/ResourceTypes/{type.Name}"),
        };

    private static JsonObject DescribeSchema(ScimResourceType type, string url) =>
        new()
        {
            ["schemas"] = new JsonArray(Core + "Schema"),
            ["id"] = type.Schema,
            ["name"] = type.Name,
            ["description"] = type.Description,
            ["attributes"] = Describe(type.Attributes.Where(attribute => attribute.Name is not ("id" or "meta"))),
            ["meta"] = CreateMeta("Schema", $"{url}/Schemas/{type.Schema}"),
        };

    private static JsonArray Describe(IEnumerable<ScimAttribute> attributes) =>
        [.. attributes.Select(attribute => (JsonNode)Describe(attribute))];

    private static JsonObject Describe(ScimAttribute attribute)
    {
        JsonObject described = new()
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type switch
            {
                ScimDataType.Boolean => "boolean",
                ScimDataType.Complex => "complex",
                ScimDataType.DateTime => "dateTime",
                _ => "string",
            },
            ["multiValued"] = attribute.IsMultiValued,
            ["description"] = attribute.Description,
            ["required"] = attribute.IsRequired,
            ["mutability"] = !attribute.IsStored ? "writeOnly" : "readWrite",
            ["returned"] = attribute.IsStored ? "default" : "never",
        };
        if (attribute.Type == ScimDataType.String)
        {
            described["caseExact"] = attribute.IsCaseExact;
            described["uniqueness"] = attribute.IsUnique ? "server" : "none";
        }

        if (attribute.SubAttributes.Count > 0)
        {
            described["subAttributes"] = Describe(attribute.SubAttributes);
        }

        return described;
    }

    private static JsonObject List(IEnumerable<JsonObject> documents)
    {
        JsonArray resources = [.. documents];
        return new JsonObject
        {
            ["schemas"] = new JsonArray(ListSchema),
            ["totalResults"] = resources.Count,
            ["startIndex"] = 1,
            ["itemsPerPage"] = resources.Count,
            ["Resources"] = resources,
        };
    }

    private static JsonObject Support(bool isSupported) => new() { ["supported"] = isSupported };

    private static JsonObject CreateMeta(string type, string location) =>
        new() { ["resourceType"] = type, ["location"] = location };
}
