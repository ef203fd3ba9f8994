using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Documentation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Culvert.Testing.Api;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// The description that the service serves says what the endpoints do. <see cref="WireCheck"/> holds the answers of all
/// other tests against it.
/// </summary>
public sealed partial class ApiDescriptionTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private const string Renew = "CULVERT_RENEW_DOCS";
    private const string Refusals = "src/Identity.Service/Documentation/Operations/refusals.json";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IReadOnlyList<DescribedOperation> endpoints = DescribedOperation.Of(
        fixture.Service.Services.GetRequiredService<EndpointDataSource>()
    );

    private JsonNode document = null!;

    // Not by a client: its answers are held against the file, which may be stale.
    public async ValueTask InitializeAsync() =>
        document = JsonNode.Parse(await fixture.Service.Get<ApiDocument>().JsonAsync())!;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(Refusals)]
    [InlineData("docs/openapi.json")]
    [InlineData("docs/api.md")]
    public void File_InTheRepository_IsWhatTheServiceServes(string path)
    {
        var file = CheckoutFolder.GetPath(path);
        var expected = path switch
        {
            Refusals => JsonSerializer.Serialize(RefusalsOfHandlers(), Readable) + "\n",
            "docs/api.md" => ApiPage.Write(document),
            _ => document.ToJsonString(Readable) + "\n",
        };
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            File.WriteAllText(file, expected);
        }

        // The service is built with refusals.json: when that has changed, the others follow after the next build.
        File.ReadAllText(file).ShouldBe(expected, $"run this test with {Renew}=1, build, and run it so again");
    }

    [Fact]
    public async Task Get_Description_IsTheDocument()
    {
        using var anyone = fixture.Service.Client(null);

        var served = await anyone.GetStringAsync("/v1/openapi.json", TestContext.Current.CancellationToken);

        served.ShouldBe(document.ToJsonString());
    }

    [Fact]
    public void Operations_OfBothPorts_AreDescribed()
    {
        endpoints.Count.ShouldBeGreaterThan(140);
        endpoints.Count(endpoint => endpoint.IsOfMachines).ShouldBeGreaterThan(10);
        Operations().Select(operation => operation.Name).ShouldBe(endpoints.Select(e => e.Name), ignoreOrder: true);
    }

    [Fact]
    public void Operation_EachOfThem_LacksNothing() =>
        Operations().SelectMany(operation => Lacks(operation.Name, operation.Node)).ShouldBeEmpty();

    // What the metadata says, the handler's code says too: bodies, query and statuses.
    [Fact]
    public void Metadata_OfEachEndpoint_SaysWhatItsHandlerDoes() =>
        endpoints.SelectMany(Contradictions).ShouldBeEmpty();

    [Fact]
    public void Facts_OfTheHandlers_AreFound()
    {
        endpoints.Single(o => o.Name == "POST /v1/tunnels").Facts.Requests.Count.ShouldBe(1);
        endpoints.Count(o => o.Facts.Answers.Count > 0).ShouldBeGreaterThan(100);
        endpoints.Count(o => o.Facts.Errors.Count > 0).ShouldBeGreaterThan(60);
        endpoints.Where(o => o.Facts.Statuses.Count == 0).Select(o => o.Name).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST /v1/tunnels", 200)]
    [InlineData("POST /v1/agent/reports", 204)]
    [InlineData("GET /v1/agent/feed", 200, 204)]
    [InlineData("GET /v1/oauth/jwks", 200, 304)]
    public void Operation_AnswersWith_WhatItsHandlerSays(string name, params int[] statuses) =>
        endpoints.Single(o => o.Name == name).Facts.Statuses.ShouldBe(statuses);

    [Fact]
    public void Operations_WithNothingToSay_HaveNoBody()
    {
        endpoints
            .Where(o => !o.Facts.Statuses.Overlaps([200, 201]) && o.Facts.Answers.Count > 0)
            .Select(o => o.Name)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Description_EveryReference_LeadsSomewhere()
    {
        References(document).Distinct().Where(reference => Find(document, reference) is null).ShouldBeEmpty();
        Operations().Select(operation => operation.Node["operationId"]!.GetValue<string>()).ShouldBeUnique();
    }

    [Fact]
    public void Examples_OfAllBodies_FitTheirSchemas()
    {
        var check = new SchemaCheck(document);
        var unfit =
            from operation in Operations()
            from content in ContentsOf(operation.Node)
            where content.MediaType.EndsWith("json", StringComparison.Ordinal) && content.Node["example"] is not null
            from finding in check.Find(content.Node["schema"], content.Node["example"])
            select $"{operation.Name} {content.Place}: {finding}";

        unfit.ShouldBeEmpty();
    }

    [Fact]
    public void Examples_OfNamedValues_AreUsed()
    {
        // A misspelled name would give null where a value is meant.
        var text = document.ToJsonString();
        text.ShouldContain("tnl_017Gx2kQ9mVbT4nRw8YcLs3D");
        text.ShouldNotContain("\"example\":{}");
    }

    [Fact]
    public void Schemas_OfObjects_HaveNames()
    {
        Objects(document).Where(place => !Named().IsMatch(place)).ShouldBeEmpty();
    }

    private SortedDictionary<string, IEnumerable<string>> RefusalsOfHandlers() =>
        new(
            endpoints
                .Where(endpoint => endpoint.Facts.Errors.Count > 0)
                .ToDictionary(endpoint => endpoint.Name, endpoint => endpoint.Facts.Errors.AsEnumerable()),
            StringComparer.Ordinal
        );

    private IEnumerable<(string Name, JsonNode Node)> Operations() =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(one => ($"{one.Key.ToUpperInvariant()} {path.Key}", one.Value!))
            );

    private IEnumerable<string> Lacks(string name, JsonNode operation)
    {
        var known = document["tags"]!
            .AsArray()
            .Where(tag => tag!["description"]?.GetValue<string>().Length > 0)
            .Select(tag => tag!["name"]!.GetValue<string>())
            .ToHashSet();
        if (!Identifier().IsMatch($"{operation["operationId"]}"))
        {
            yield return $"{name}: operationId {operation["operationId"]}";
        }

        if ($"{operation["summary"]}" is not { Length: > 5 and < 70 } summary || summary.EndsWith('.'))
        {
            yield return $"{name}: summary {operation["summary"]}";
        }

        if ($"{operation["description"]}" is not { Length: > 10 } description || !description.EndsWith('.'))
        {
            yield return $"{name}: description {operation["description"]}";
        }

        if (operation["tags"] is not JsonArray { Count: 1 } tags || !known.Contains(tags[0]!.GetValue<string>()))
        {
            yield return $"{name}: tags";
        }

        if (operation["security"] is not JsonArray || operation["servers"] is not JsonArray { Count: 1 })
        {
            yield return $"{name}: security and servers";
        }

        foreach (var parameter in operation["parameters"] as JsonArray ?? [])
        {
            if ($"{parameter!["description"]}".Length == 0 || parameter["example"] is null)
            {
                yield return $"{name}: {parameter["name"]} has no description or no example";
            }
        }

        var answers = operation["responses"]!.AsObject();
        if (!answers.Any(answer => answer.Key.StartsWith('2')) || answers["500"] is null)
        {
            yield return $"{name}: answers {string.Join(' ', answers.Select(answer => answer.Key))}";
        }

        foreach (var (status, answer) in answers.Where(answer => answer.Key[0] is '4' or '5'))
        {
            var schema = answer!["content"]!["application/json"]!["schema"]!.ToJsonString();
            if (!schema.Contains("#/components/schemas/ErrorEnvelope") || $"{answer["description"]}".Length == 0)
            {
                yield return $"{name}: {status} is no refusal of ours";
            }
        }

        foreach (var content in ContentsOf(operation).Where(content => content.Node["example"] is null))
        {
            yield return $"{name}: {content.Place} has no example";
        }
    }

    private static IEnumerable<string> Contradictions(DescribedOperation endpoint)
    {
        var facts = endpoint.Facts;
        // Forms, and JSON whose unknown members are ignored, are read by name, not as a type.
        var isForm =
            endpoint.Body is { } body
            && (
                !body.MediaTypes.SequenceEqual(["application/json"])
                || body.RequestType?.IsDefined(typeof(SchemaOnlyAttribute), inherit: false) == true
            );
        if (!isForm && !facts.Requests.SequenceEqual(endpoint.Body is { RequestType: { } type } ? [type] : []))
        {
            yield return $"{endpoint.Name}: reads {Names(facts.Requests)}, says {endpoint.Body?.RequestType?.Name}";
        }

        if (endpoint.Body is not null && !isForm && endpoint.Body.IsOptional != facts.IsBodyOptional)
        {
            yield return $"{endpoint.Name}: its body is {(facts.IsBodyOptional ? "optional" : "required")}";
        }

        if (!facts.Query.SequenceEqual(endpoint.Query))
        {
            yield return $"{endpoint.Name}: reads ?{string.Join('&', facts.Query)}, says ?{string.Join('&', endpoint.Query)}";
        }

        if (!facts.Statuses.SetEquals(endpoint.Answers.Select(answer => answer.StatusCode)))
        {
            yield return $"{endpoint.Name}: answers {string.Join(' ', facts.Statuses)}, says "
                + string.Join(' ', endpoint.Answers.Select(answer => answer.StatusCode));
        }

        // A response that a handler writes without a type has its own schema here; WireCheck compares the responses
        // with it.
        var answers = endpoint
            .Answers.Select(answer => answer.Type)
            .OfType<Type>()
            .Where(type => type != typeof(void) && !type.IsDefined(typeof(SchemaOnlyAttribute), inherit: false));
        if (facts.Answers.Count > 0 && !facts.Answers.SequenceEqual(answers))
        {
            yield return $"{endpoint.Name}: answers {Names(facts.Answers)}, says {Names(answers)}";
        }
    }

    private static string Names(IEnumerable<Type> types) => string.Join(", ", types.Select(type => type.Name));

    private static IEnumerable<(string Place, string MediaType, JsonNode Node)> ContentsOf(JsonNode operation)
    {
        var bodies = operation["responses"]!
            .AsObject()
            .Select(answer => (answer.Key, answer.Value!["content"] as JsonObject))
            .Append(("request", operation["requestBody"]?["content"] as JsonObject));
        return bodies.SelectMany(body =>
            (body.Item2 ?? []).Select(content => ($"{body.Item1} {content.Key}", content.Key, content.Value!))
        );
    }

    // Places of schemas with members: the members of an example are none.
    private static IEnumerable<string> Objects(JsonNode? node, string place = "") =>
        node switch
        {
            JsonObject o =>
            [
                .. o["properties"] is JsonObject ? [place] : Array.Empty<string>(),
                .. o.Where(member => member.Key is not ("example" or "examples"))
                    .SelectMany(member => Objects(member.Value, $"{place}/{member.Key}")),
            ],
            JsonArray a => a.SelectMany((one, index) => Objects(one, $"{place}/{index}")),
            _ => [],
        };

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject o =>
            [
                .. o["$ref"] is JsonValue value && value.GetValueKind() == JsonValueKind.String
                    ? [value.GetValue<string>()]
                    : Array.Empty<string>(),
                .. o.SelectMany(member => References(member.Value)),
            ],
            JsonArray a => a.SelectMany(References),
            _ => [],
        };

    private static JsonNode? Find(JsonNode document, string reference) =>
        reference[2..]
            .Split('/')
            .Aggregate(
                (JsonNode?)document,
                (node, step) =>
                    node switch
                    {
                        JsonArray list => list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)],
                        _ => node?[step.Replace("~1", "/").Replace("~0", "~")],
                    }
            );

    [GeneratedRegex("^[a-z][a-z0-9_]+$")]
    private static partial Regex Identifier();

    [GeneratedRegex("^/components/schemas/[A-Za-z0-9]+$")]
    private static partial Regex Named();
}
