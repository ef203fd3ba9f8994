using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>The API as OpenAPI 3.1 has it.</summary>
internal sealed class ApiDescription
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    private readonly SortedDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);

    public static string Write(IReadOnlyList<DescribedOperation> operations) =>
        new ApiDescription().Document(operations).ToJsonString(Readable) + "\n";

    /// <summary>The members of a body, those that must be there with a star.</summary>
    public static IReadOnlyList<string> MembersOf(Type type)
    {
        var schema = Schema(type) as JsonObject;
        var required = (schema?["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).ToHashSet();
        return
        [
            .. (schema?["properties"] as JsonObject ?? []).Select(member =>
                required.Contains(member.Key) ? $"{member.Key}*" : member.Key
            ),
        ];
    }

    private JsonObject Document(IReadOnlyList<DescribedOperation> operations)
    {
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(operation => operation.Path))
        {
            paths[path.Key] = new JsonObject(
                path.Select(operation =>
                    KeyValuePair.Create(operation.Method.ToLowerInvariant(), (JsonNode?)Of(operation))
                )
            );
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Culvert identity service",
                ["version"] = "1",
                ["description"] =
                    "Made from the registrations of the endpoints. Members of bodies and error codes are those that the handlers' code names.",
            },
            ["servers"] = new JsonArray(
                Server("https://identity.example.com:8443", "public_url: people, workloads, enrolment"),
                Server("https://identity.example.com:8444", "machine_url: agents and edges, by certificate")
            ),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject
                    {
                        ["type"] = "http",
                        ["scheme"] = "bearer",
                        ["description"] =
                            "An admin key or an access token; tokens bound by DPoP or mTLS bring their proof.",
                    },
                    ["machine"] = new JsonObject { ["type"] = "mutualTLS" },
                },
                ["schemas"] = new JsonObject(schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
                ["responses"] = new JsonObject { ["Refusal"] = Refusal() },
            },
        };
    }

    private static JsonObject Server(string url, string description) =>
        new() { ["url"] = url, ["description"] = description };

    private JsonObject Of(DescribedOperation operation)
    {
        var described = new JsonObject
        {
            ["operationId"] =
                $"{operation.Method.ToLowerInvariant()}{operation.Path.Replace("/", "_").Replace("{", "").Replace("}", "")}",
            ["tags"] = new JsonArray(operation.Area),
            ["security"] = operation.Access.Kind switch
            {
                AccessKind.Anonymous => new JsonArray(),
                AccessKind.Machine => new JsonArray(new JsonObject { ["machine"] = new JsonArray() }),
                _ => new JsonArray(new JsonObject { ["bearer"] = Scopes(operation.Access) }),
            },
            ["x-permission"] = operation.Permission.Replace("`", ""),
        };
        if (operation.Limit.Length > 0)
        {
            described["x-limit"] = operation.Limit;
        }

        var parameters = operation
            .Parameters.Select(name => Parameter(name, "path"))
            .Concat(operation.Facts.Query.Select(name => Parameter(name, "query")));
        if (parameters.Any())
        {
            described["parameters"] = new JsonArray([.. parameters]);
        }

        if (operation.Facts.Requests.Count > 0)
        {
            described["requestBody"] = Content(operation.Facts.Requests);
        }

        var responses = new JsonObject();
        foreach (var status in operation.Facts.Statuses)
        {
            responses[status.ToString(CultureInfo.InvariantCulture)] = Success(status, operation.Facts);
        }

        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Refusal" };
        described["responses"] = responses;
        if (operation.Facts.Errors.Count > 0)
        {
            described["x-error-codes"] = new JsonArray([
                .. operation.Facts.Errors.Select(code => JsonValue.Create(code)),
            ]);
        }

        return described;
    }

    private JsonObject Success(int status, HandlerFacts facts)
    {
        var answer = status == 200 && facts.Answers.Count > 0 ? Content(facts.Answers) : [];
        answer["description"] = status switch
        {
            204 => "Done; there is nothing to say.",
            304 => "What the caller holds is still so.",
            _ => "Done.",
        };
        return answer;
    }

    private static JsonArray Scopes(Access access) => access.RequiredScope is { } scope ? new JsonArray(scope) : [];

    private static JsonObject Parameter(string name, string place)
    {
        var parameter = new JsonObject
        {
            ["name"] = name,
            ["in"] = place,
            ["schema"] = new JsonObject { ["type"] = "string" },
        };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        return parameter;
    }

    private JsonObject Content(List<Type> types)
    {
        JsonNode schema =
            types.Count == 1
                ? Reference(types[0])
                : new JsonObject { ["anyOf"] = new JsonArray([.. types.Select(Reference)]) };
        return new() { ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } } };
    }

    private JsonNode Reference(Type type)
    {
        var name = NameOf(type);
        if (!schemas.ContainsKey(name))
        {
            schemas[name] = Rooted(Schema(type), name);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static JsonNode Schema(Type type)
    {
        try
        {
            return Wire.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true });
        }
        catch (Exception fault) when (fault is NotSupportedException or InvalidOperationException)
        {
            return new JsonObject { ["type"] = "object" }; // only its own context can read it
        }
    }

    // What the exporter refers to stands below its own root.
    private static JsonNode Rooted(JsonNode schema, string name) =>
        JsonNode.Parse(
            schema
                .ToJsonString()
                .Replace("\"$ref\":\"#", $"\"$ref\":\"#/components/schemas/{name}", StringComparison.Ordinal)
        )!;

    private static string NameOf(Type type)
    {
        var name = type.Name.Split('`')[0].Replace("[]", "List", StringComparison.Ordinal);
        name = type.IsGenericType ? $"{name}Of{string.Join("And", type.GetGenericArguments().Select(NameOf))}" : name;
        // Two capabilities may call different things by one name.
        return type.IsGenericType || type.Namespace is not { } place ? name : $"{place.Split('.')[^1]}.{name}";
    }

    private static JsonObject Refusal() =>
        (JsonObject)
            JsonNode.Parse(
                """
                {
                  "description": "A refusal; docs/errors explains every code.",
                  "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {
                      "type": {"const": "error"},
                      "error": {
                        "type": "object",
                        "properties": {
                          "type": {"type": "string"},
                          "message": {"type": "string"},
                          "details": {"type": "object", "properties": {"error_code": {"type": "string"}}}
                        }
                      },
                      "request_id": {"type": "string"}
                    }
                  }}}
                }
                """
            )!;
}
