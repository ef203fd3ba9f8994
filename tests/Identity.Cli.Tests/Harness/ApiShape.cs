using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Testing;

namespace Culvert.Identity.Cli.Tests.Harness;

/// <summary>
/// Refuses a scripted answer that the service does not give, by <c>docs/openapi.json</c>: a member that the operation's answer
/// does not have at that place, or one of single objects in an object of a list. A double that answers more than the service
/// makes a command pass that cannot work. A name that is not ASCII is that of a member of a newer service.
/// </summary>
internal static class ApiShape
{
    // How the description says that the objects of a list do not have a member.
    private static readonly string[] OfSingleObjects = ["only if one ", "Only in the answer that made it"];

    // The double is an identity provider there.
    private const string IdentityProviders = "/.well-known/";

    private static readonly JsonNode Api = JsonNode.Parse(
        File.ReadAllText(CheckoutFolder.GetPath("docs/openapi.json"))
    )!;

    /// <param name="request">Method and target: <c>GET /v1/tunnels?limit=1</c>.</param>
    /// <param name="body">The scripted answer.</param>
    /// <exception cref="InvalidOperationException">The service does not answer so.</exception>
    public static void Check(string request, string body)
    {
        var (method, target) = (request[..request.IndexOf(' ')], request[(request.IndexOf(' ') + 1)..]);
        var path = target.Split('?')[0];
        if (
            !path.StartsWith(IdentityProviders, StringComparison.Ordinal)
            && FindSchema(method.ToLowerInvariant(), path) is { } schema
            && Parse(body) is { } json
        )
        {
            Check(schema, json, request, isListed: false);
        }
    }

    private static void Check(JsonNode schema, JsonNode json, string at, bool isListed)
    {
        schema = Resolve(schema);
        if (schema["oneOf"] is JsonArray choice)
        {
            schema = Resolve(choice[^1]!); // the first of two is null
        }

        if (json is JsonArray items && schema["items"] is { } item)
        {
            foreach (var one in items.OfType<JsonNode>())
            {
                Check(item, one, at, isListed: true);
            }
        }
        else if (json is JsonObject members && schema["properties"] is JsonObject known)
        {
            foreach (var (name, value) in members)
            {
                var place = $"{at} → {name}";
                if (!Ascii.IsValid(name))
                {
                    continue;
                }

                if (known[name] is not { } member)
                {
                    throw new InvalidOperationException($"{place}: docs/openapi.json has no such member here.");
                }

                if (isListed && OfSingleObjects.Any((member["description"]?.GetValue<string>() ?? "").Contains))
                {
                    throw new InvalidOperationException($"{place}: the objects of a list do not have this member.");
                }

                if (value is not null)
                {
                    Check(member, value, place, isListed: false);
                }
            }
        }
    }

    private static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference
            ? Api["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]]!
            : schema;

    private static JsonNode? FindSchema(string method, string path)
    {
        var parts = path.Split('/');
        return Api["paths"]!
            .AsObject()
            .Where(p => p.Value![method] is not null && Fits(p.Key.Split('/'), parts))
            .OrderBy(p => p.Key.Count(c => c == '{'))
            .Select(p => p.Value![method]!["responses"]?["200"]?["content"]?["application/json"]?["schema"])
            .FirstOrDefault();
    }

    private static bool Fits(string[] template, string[] parts) =>
        template.Length == parts.Length && template.Zip(parts).All(p => p.First == p.Second || p.First.StartsWith('{'));

    // A double may answer what is not JSON, or has a member twice.
    private static JsonNode? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
