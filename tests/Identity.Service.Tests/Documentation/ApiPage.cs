using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>Writes <c>docs/api.md</c> from the description that the service serves.</summary>
internal static class ApiPage
{
    public static string Write(JsonNode document)
    {
        var page = new StringBuilder(
            """
            # The API

            Generated from the description that the service serves; a test fails when it is out of date and prints how to renew it. The
            same as OpenAPI 3.1, with schemas and examples: `GET /v1/openapi.json` of the service, `/docs/api` in a browser, and
            `docs/openapi.json` next to this page.

            Bearer credentials go into `Authorization`. Members with a star must be there; unknown and repeated members are refused.
            Bodies and error codes are those that the code of each operation names; besides, any operation may answer with those of
            its credential (`auth.…`), of malformed requests (`request.…`) and of a store that is away (`store.…`). Lists take
            `limit` and `page` and answer `{data, next_page}`. Each code is explained in [errors.md](errors.md).

            | Permission | Limited by, answered with 429 |
            |---|---|
            | none | `limits.exchange_per_address`; revocation lists and OCSP `limits.lists_per_address` |
            | scope, any credential | failed proofs: `limits.history_per_address` |
            | a machine's certificate | proved in the handshake |


            """
        );
        var operations = document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(one => (one.Key.ToUpperInvariant(), path.Key, one.Value!))
            )
            .GroupBy(one => one.Item3["tags"]![0]!.GetValue<string>())
            .OrderBy(tag => tag.Key == "other")
            .ThenBy(tag => tag.Key, StringComparer.Ordinal);
        foreach (var tag in operations)
        {
            page.Append(CultureInfo.InvariantCulture, $"## {tag.Key}\n\n");
            foreach (var (method, path, operation) in tag)
            {
                Append(page, document, method, path, operation);
            }
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static void Append(StringBuilder page, JsonNode document, string method, string path, JsonNode operation)
    {
        page.Append(CultureInfo.InvariantCulture, $"### `{method} {path}`\n\n");
        page.Append(CultureInfo.InvariantCulture, $"{operation["summary"]}. {operation["description"]}\n\n");
        var permission = operation["x-permission"]!.GetValue<string>();
        page.Append(
            CultureInfo.InvariantCulture,
            $"- Permission: {(permission.Split(' ') is ["scope", var scope] ? $"scope `{scope}`" : permission)}"
        );
        page.Append(operation["security"]!.ToJsonString().Contains("machine") ? ", on the machine port\n" : "\n");
        Line(
            "Query",
            (operation["parameters"] as JsonArray ?? [])
                .Where(parameter => parameter!["in"]!.GetValue<string>() == "query")
                .Select(parameter => parameter!["name"]!.GetValue<string>())
        );
        foreach (var request in SchemasOf(operation["requestBody"]))
        {
            Line("Request", MembersOf(document, request, withStars: true));
        }

        foreach (var answer in SchemasOf(operation["responses"]!["200"]))
        {
            Line("Answer", MembersOf(document, answer, withStars: false));
        }

        Line("Errors", (operation["x-error-codes"] as JsonArray ?? []).Select(code => code!.GetValue<string>()));
        page.Append('\n');

        void Line(string name, IEnumerable<string> words)
        {
            var text = string.Join(", ", words.Select(word => word.EndsWith('*') ? $"`{word[..^1]}`\\*" : $"`{word}`"));
            page.Append(text.Length > 0 ? $"- {name}: {text}\n" : "");
        }
    }

    // An operation may have several answers.
    private static IEnumerable<JsonNode?> SchemasOf(JsonNode? body)
    {
        var schema = body?["content"]?.AsObject().FirstOrDefault().Value?["schema"];
        return schema?["anyOf"] as JsonArray ?? [schema?.DeepClone()];
    }

    private static IEnumerable<string> MembersOf(JsonNode document, JsonNode? reference, bool withStars)
    {
        var name = reference?["$ref"]?.GetValue<string>().Split('/')[^1];
        var schema = name is null ? null : document["components"]!["schemas"]![name];
        var required = (schema?["required"] as JsonArray ?? []).Select(one => one!.GetValue<string>()).ToHashSet();
        return (schema?["properties"] as JsonObject ?? []).Select(member =>
            withStars && required.Contains(member.Key) ? $"{member.Key}*" : member.Key
        );
    }
}
