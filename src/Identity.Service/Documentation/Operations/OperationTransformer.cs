using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>Adds the content of our own endpoint metadata: parameters, permissions, limits and errors.</summary>
internal sealed partial class OperationTransformer(OperationRefusals refusals) : IOpenApiOperationTransformer
{
    public Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var mapped = metadata.OfType<Operation>().Single();
        var document = context.Document!;
        AddParameters(operation, mapped);
        AddBody(operation, mapped.Body);
        AddAccess(operation, document, mapped.Access);
        AddAnswers(operation, document, mapped.Answers);
        NameAnswers(operation);
        AddRefusals(operation, document, mapped);
        Sort(operation.Responses!);
        return Task.CompletedTask;
    }

    public static string ToPermission(Access access)
    {
        var permission = access.Kind switch
        {
            AccessKind.Anonymous => "none",
            AccessKind.AnyCredential => "any credential; the operation decides",
            AccessKind.Machine => access.Role == MachineRole.Agent ? "an agent's certificate" : "an edge's certificate",
            _ => $"scope {access.RequiredScope}",
        };
        return access.AcceptsAssertion ? permission + ", or an assertion in the body" : permission;
    }

    private static void AddParameters(OpenApiOperation operation, Operation mapped)
    {
        operation.Parameters =
        [
            .. RouteParameter()
                .Matches(mapped.Name)
                .Select(match => OperationParameters.Path(match.Groups["name"].Value)),
            .. mapped.Query.Order(StringComparer.Ordinal).Select(OperationParameters.Query),
        ];
    }

    private static void AddBody(OpenApiOperation operation, OperationBody? body)
    {
        if (body is null || operation.RequestBody is not OpenApiRequestBody described)
        {
            return;
        }

        described.Required = !body.IsOptional;
        var schema = described.Content!.Values.First();
        described.Content = body.MediaTypes.ToDictionary(type => type, _ => schema, StringComparer.Ordinal);
    }

    private static void AddAccess(OpenApiOperation operation, OpenApiDocument document, Access access)
    {
        operation.Security = access.Kind switch
        {
            // An empty requirement: no credential is needed.
            AccessKind.Anonymous => [new()],
            AccessKind.Machine =>
            [
                new() { [new OpenApiSecuritySchemeReference(DocumentTransformer.Machine, document)] = [] },
            ],
            _ =>
            [
                new()
                {
                    [new OpenApiSecuritySchemeReference(DocumentTransformer.Bearer, document)] = access.RequiredScope
                        is { } scope
                        ? [scope]
                        : [],
                },
                // An empty requirement: the body may contain the proof instead.
                .. access.AcceptsAssertion ? [new()] : Array.Empty<OpenApiSecurityRequirement>(),
            ],
        };
        Extend(operation, "x-permission", JsonValue.Create(ToPermission(access)));
        if (ToLimit(access) is { } limit)
        {
            Extend(operation, "x-limit", JsonValue.Create(limit));
        }

        operation.Servers =
        [
            access.Kind == AccessKind.Machine ? DocumentTransformer.MachineServer : DocumentTransformer.ApiServer,
        ];
    }

    /// <summary>The option whose limit answers 429; null for a caller that the TLS handshake authenticated.</summary>
    private static string? ToLimit(Access access) =>
        access switch
        {
            { Kind: AccessKind.Anonymous, IsOfLists: true } => "limits.lists_per_address",
            { Kind: AccessKind.Anonymous } => "limits.exchange_per_address",
            { Kind: AccessKind.Machine } => null,
            _ => "limits.history_per_address",
        };

    /// <summary>
    /// If several answers have the same status, the framework describes only the last one. Their other types must be
    /// described elsewhere too.
    /// </summary>
    private static void AddAnswers(
        OpenApiOperation operation,
        OpenApiDocument document,
        IEnumerable<IProducesResponseTypeMetadata> answers
    )
    {
        var successes = answers.Where(answer => answer.StatusCode == StatusCodes.Status200OK).ToList();
        foreach (var answer in successes.SkipLast(1))
        {
            IOpenApiSchema schema =
                answer.Type == typeof(string)
                    ? new OpenApiSchema { Type = JsonSchemaType.String }
                    : new OpenApiSchemaReference(answer.Type!.Name, document);
            var content = operation.Responses!["200"].Content!;
            foreach (var type in answer.ContentTypes)
            {
                content[type] = new OpenApiMediaType
                {
                    Schema = content.TryGetValue(type, out var other)
                        ? new OpenApiSchema { AnyOf = [schema, other.Schema!] }
                        : schema,
                };
            }
        }
    }

    private static void Sort(OpenApiResponses responses)
    {
        var sorted = responses.OrderBy(answer => answer.Key, StringComparer.Ordinal).ToList();
        responses.Clear();
        foreach (var (status, answer) in sorted)
        {
            responses.Add(status, answer);
        }
    }

    private static void NameAnswers(OpenApiOperation operation)
    {
        foreach (var (status, answer) in operation.Responses!)
        {
            ((OpenApiResponse)answer).Description = status switch
            {
                "204" => "The response has no body.",
                "304" => "The copy that the caller has is current.",
                _ => answer.Content is { Count: > 0 } ? "The result." : "Done.",
            };
        }
    }

    private void AddRefusals(OpenApiOperation operation, OpenApiDocument document, Operation mapped)
    {
        var codes = refusals.GetErrors(mapped.Name);
        foreach (
            var group in codes
                .Concat(OperationRefusals.OfEvery(mapped.Access))
                .Distinct()
                .GroupBy(code => code.Status)
                .OrderBy(group => group.Key)
        )
        {
            var ordered = group.OrderBy(code => code.Code, StringComparer.Ordinal).ToList();
            operation.Responses![group.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join('\n', ordered.Select(code => $"- `{code.Code}`: {code.Meaning}")),
                Content = ToContent(ordered[0], document, mapped.Access),
            };
        }

        if (codes.Count > 0)
        {
            Extend(operation, "x-error-codes", new JsonArray([.. codes.Select(code => JsonValue.Create(code.Code))]));
        }
    }

    private static Dictionary<string, OpenApiMediaType> ToContent(
        ErrorCode code,
        OpenApiDocument document,
        Access access
    )
    {
        // DocumentationRegistration puts both types in the endpoint's metadata, so the framework has created their schemas.
        IOpenApiSchema envelope = new OpenApiSchemaReference(nameof(ErrorEnvelope), document);
        var other =
            access.IsOAuth ? nameof(OAuthErrorDocument)
            : access.IsOfSecurityEvents ? nameof(SecurityEventErrorDocument)
            : null;
        return new(StringComparer.Ordinal)
        {
            ["application/json"] = new OpenApiMediaType
            {
                Schema = other is null
                    ? envelope
                    : new OpenApiSchema { AnyOf = [envelope, new OpenApiSchemaReference(other, document)] },
                Example = JsonNode.Parse(ErrorEnvelope.Render(code.Refuse(), ExampleValues.RequestId).Span),
            },
        };
    }

    private static void Extend(OpenApiOperation operation, string name, JsonNode value)
    {
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        operation.Extensions[name] = new JsonNodeExtension(value);
    }

    [GeneratedRegex(@"\{\**(?<name>\w+)")]
    private static partial Regex RouteParameter();
}
