using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>Each call of the API that a page names is an operation of the API.</summary>
public sealed partial class ApiCallTests
{
    // Answered before the API: its own pages, and what the health listener has. SCIM describes itself (RFC 7644 §4).
    private static readonly string[] OutsideTheDescription = ["/docs/", "/readyz", "/metrics", "/scim/{}/v2/"];

    private static readonly Lazy<IReadOnlyList<(string Method, string Path)>> Operations = new(() =>
        [
            .. JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs/openapi.json")))!["paths"]!
                .AsObject()
                .SelectMany(path =>
                    path.Value!.AsObject().Select(member => (member.Key.ToUpperInvariant(), WithoutNames(path.Key)))
                ),
        ]
    );

    [Fact]
    public void Call_OfAnyPage_IsAnOperation() =>
        Repository
            .Pages()
            .Where(page => Path.GetFileName(page) != "api.md")
            .SelectMany(page => Unknown(Path.GetRelativePath(Repository.Root, page), File.ReadAllText(page)))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("`GET /v1/token_signing_keys`")]
    [InlineData("`PUT /v1/client_range_sets/{name}`")]
    [InlineData("`GET …/{request_id}/explain`")]
    [InlineData("POST /v1/tunnels/{id}/trust")]
    public void Call_ThatDoesNotExist_IsFound(string text) => Unknown("page.md", text).Count().ShouldBe(1);

    [Theory]
    [InlineData("`GET /v1/tunnels/{id}/status`")]
    [InlineData("`POST …/federation_rules/{id}/replay {changes, days}`")]
    [InlineData("`GET /v1/audit?limit=5`, `GET /readyz`")]
    public void Call_ThatExists_IsNot(string text) => Unknown("page.md", text).ShouldBeEmpty();

    private static IEnumerable<string> Unknown(string page, string text) =>
        Call()
            .Matches(text)
            .Where(call => !IsKnown(call.Groups["method"].Value, call.Groups["path"].Value.TrimEnd('.')))
            .Select(call => $"{page}: {call.Value}");

    private static bool IsKnown(string method, string path)
    {
        var written = WithoutNames(path);
        return Array.Exists(OutsideTheDescription, known => written.StartsWith(known, StringComparison.Ordinal))
            || Operations.Value.Any(operation =>
                operation.Method == method
                && (
                    operation.Path == written
                    || (written[0] == '…' && operation.Path.EndsWith(written[1..], StringComparison.Ordinal))
                )
            );
    }

    // What a page calls {id} is {tunnel_id} in the description.
    private static string WithoutNames(string path) => Parameter().Replace(path, "{}");

    [GeneratedRegex(@"\b(?<method>GET|POST|PUT|DELETE|PATCH) +(?<path>…?/[^\s`|;,""?)]*)")]
    private static partial Regex Call();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
