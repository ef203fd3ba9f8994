using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Culvert.Testing.Api;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// Every <c>GET</c> of docs/openapi.json, of a service in which there is something of everything: it succeeds, no object
/// of the answer has a member twice, and the answer is as described.
/// </summary>
public sealed class EveryReadTests
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly ApiDescription description = ApiDescription.OfTheService;

    // The metadata of an organization's authorization server: 404 until it is enabled. SignInFlowTests reads it.
    private const string OffByDefault = "/oauth/{organization_id}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task EveryGet_OfAServiceWithSomethingOfEverything_AnswersAsDescribed()
    {
        await using var full = await FullService.StartAsync();
        var templates = JsonNode.Parse(
            await File.ReadAllTextAsync(CheckoutFolder.GetPath("docs/openapi.json"), Cancel)
        )!["paths"]!
            .AsObject()
            .Where(path => path.Value!["get"] is not null)
            .Select(path => path.Key)
            .Where(path => !path.Contains(OffByDefault, StringComparison.Ordinal))
            .ToList();
        templates.Count.ShouldBeGreaterThan(90);
        full.Paths.Keys.Except(templates).ShouldBeEmpty("they are no longer described");

        List<string> findings = [];
        foreach (var template in templates)
        {
            foreach (var path in full.Paths.GetValueOrDefault(template) ?? [template])
            {
                findings.AddRange(
                    await FindAsync(full.ClientOf(template), OneOfEach.Fill(path, template, full.Things))
                );
            }
        }

        findings.ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> FindAsync(HttpClient client, string path)
    {
        // Not by a client that holds answers against the description already: all findings are wanted, not the first.
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancel);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return [$"{path}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}"];
        }

        var type = answer.Content.Headers.ContentType!.MediaType!;
        try
        {
            var json =
                type is "application/json" || type.EndsWith("+json", StringComparison.Ordinal)
                    ? JsonNode.Parse(body, documentOptions: Strict)
                    : JsonValue.Create(System.Text.Encoding.Latin1.GetString(body));
            if (type is "application/x-ndjson")
            {
                foreach (var line in System.Text.Encoding.UTF8.GetString(body).Split('\n'))
                {
                    _ = line.Length == 0 ? null : JsonNode.Parse(line, documentOptions: Strict);
                }
            }

            return description
                .FindInAnswer("GET", path.Split('?')[0], (int)answer.StatusCode, type, json)
                .Select(finding => $"{path}: {finding}");
        }
        catch (JsonException e)
        {
            return [$"{path}: {e.Message}"];
        }
    }
}
