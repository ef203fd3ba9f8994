using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>docs/openapi.json and docs/api.md say what the service registers.</summary>
public sealed class ApiDescriptionTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Renew = "CULVERT_RENEW_DOCS";

    private readonly IReadOnlyList<DescribedOperation> operations = DescribedOperation.Of(
        fixture.Service.Services.GetRequiredService<EndpointDataSource>()
    );

    [Theory]
    [InlineData("docs/openapi.json")]
    [InlineData("docs/api.md")]
    public void File_InTheRepository_IsWhatTheServiceRegisters(string path)
    {
        var file = Checkout.PathOf(path);
        var expected = path.EndsWith(".md", StringComparison.Ordinal)
            ? ApiPage.Write(operations)
            : ApiDescription.Write(operations);
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            File.WriteAllText(file, expected);
        }

        File.ReadAllText(file).ShouldBe(expected, $"run this test with {Renew}=1");
    }

    [Fact]
    public void Operations_OfBothPorts_AreFound()
    {
        operations.Count.ShouldBeGreaterThan(140);
        operations.Count(operation => operation.IsOfMachines).ShouldBeGreaterThan(10);
        operations.Single(o => o is { Method: "POST", Path: "/v1/tunnels" }).Facts.Requests.Count.ShouldBe(1);
        operations.Count(o => o.Facts.Answers.Count > 0).ShouldBeGreaterThan(100);
        operations.Count(o => o.Facts.Errors.Count > 0).ShouldBeGreaterThan(60);
        operations.Where(o => o.Facts.Statuses.Count == 0).Select(o => $"{o.Method} {o.Path}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("POST", "/v1/tunnels", 200)]
    [InlineData("POST", "/v1/agent/reports", 204)]
    [InlineData("GET", "/v1/agent/feed", 200, 204)]
    [InlineData("GET", "/v1/oauth/jwks", 200, 304)]
    public void Operation_AnswersWith_WhatItsHandlerSays(string method, string path, params int[] statuses) =>
        operations.Single(o => o.Method == method && o.Path == path).Facts.Statuses.ShouldBe(statuses);

    [Fact]
    public void Operations_WithNothingToSay_HaveNoBody()
    {
        operations
            .Where(o => !o.Facts.Statuses.Contains(200) && o.Facts.Answers.Count > 0)
            .Select(o => $"{o.Method} {o.Path}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Description_EveryReference_LeadsSomewhere()
    {
        var document = JsonNode.Parse(ApiDescription.Write(operations))!;

        References(document).Distinct().Where(reference => Find(document, reference) is null).ShouldBeEmpty();
        document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!["operationId"]!.GetValue<string>())
            .ShouldBeUnique();
    }

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
}
