using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Tests.Commands;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Declarative;

/// <summary>The published schema is what the program takes.</summary>
public sealed class SchemaTests : CommandTest
{
    [Fact]
    public async Task Schema_IsThePublishedOne()
    {
        var printed = (await Stage.RunAsync("schema")).Out;
        var path = CheckoutFolder.GetPath("docs/declarative.schema.json");
        if (Environment.GetEnvironmentVariable("CULVERT_RENEW_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, printed, TestContext.Current.CancellationToken);
        }

        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe(
            printed,
            "run this test with CULVERT_RENEW_DOCS=1"
        );
    }

    [Fact]
    public async Task Schema_NamesEveryKind()
    {
        var schema = JsonNode.Parse((await Stage.RunAsync("schema", "-o", "json")).Out)!;

        schema["oneOf"]!
            .AsArray()
            .Select(kind => (string?)kind!["title"])
            .ShouldBe([
                "range_set",
                "service_account",
                "oauth_client",
                "issuer",
                "tunnel",
                "certificate_authority",
                "rule",
                "connection",
            ]);
    }
}
