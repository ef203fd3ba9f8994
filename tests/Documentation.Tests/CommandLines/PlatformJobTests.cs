using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>
/// The jobs in YAML on the platforms' pages: their commands are the programs' own, their variables are set, and the
/// page's rule grants what they do.
/// </summary>
public sealed partial class PlatformJobTests
{
    public static TheoryData<string> Pages { get; } = ["github-actions.md", "gitlab.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Job_OfAPage_IsUnderstoodAndGrantedByThePagesRule(string page)
    {
        var text = File.ReadAllText(Repository.PathOf($"docs/platforms/{page}"));
        var job = Yaml().Matches(text).Select(match => match.Groups["text"].Value).Single();
        var calls = CallsOf(job).ToList();

        calls.ShouldNotBeEmpty();
        calls.SelectMany(ProgramParsers.Check).ShouldBeEmpty();
        UnsetIn(job, text).ShouldBeEmpty();
        calls.SelectMany(call => LackingFor(call, text)).ShouldBeEmpty();
    }

    [Fact]
    public void Job_ThatItsRuleDoesNotGrant_IsFound()
    {
        const string job = "steps:\n  - run: culvert cert renew --tunnel T --output tls --rule R --token-file f\n";
        const string rule = "culvert rule create deploy --scope workspace:manage_tunnels";

        CallsOf(job).SelectMany(call => LackingFor(call, rule)).ShouldBe(["cert renew needs certificate:issue"]);
        UnsetIn("- run: culvert tunnel show \"$TUNNEL\"\n", "").ShouldBe(["TUNNEL"]);
    }

    /// <summary>Entra's version 1.0 goes with an application's URI, version 2.0 with its id: no other pair is ever issued.</summary>
    [Fact]
    public void Azure_IssuerAndAudience_BelongTogether()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/platforms/azure.md"));
        var issuer = Regex.Match(page, @"issuer create azure --url (\S+)").Groups[1].Value;
        var audience = Regex.Match(page, @"--audience (\S+)").Groups[1].Value;

        audience
            .StartsWith("api://", StringComparison.Ordinal)
            .ShouldBe(!issuer.EndsWith("/v2.0", StringComparison.Ordinal));
        issuer
            .EndsWith("/v2.0", StringComparison.Ordinal)
            .ShouldBe(!Regex.IsMatch(issuer, @"^https://sts\.windows\.net/[^/]+/$"));
        Regex.Match(page, @"audience: ""([^""]+)""").Groups[1].Value.ShouldBe(audience);
    }

    private static IEnumerable<ProgramCall> CallsOf(string job) =>
        Continued()
            .Replace(job, " ")
            .Split('\n')
            .Select(line => Item().Replace(line, ""))
            .SelectMany(ShellWords.Commands)
            .Select(ProgramCall.Find)
            .OfType<ProgramCall>();

    // What a command of a job may need beyond being signed in.
    private static IEnumerable<string> LackingFor(ProgramCall call, string page) =>
        call.Arguments is ["cert", "renew", ..]
        && !Regex.IsMatch(
            page.Replace("\\\n", "", StringComparison.Ordinal),
            "rule create .*--scope certificate:issue .*--tunnel "
        )
            ? ["cert renew needs certificate:issue"]
            : [];

    private static IEnumerable<string> UnsetIn(string job, string page) =>
        Used()
            .Matches(job)
            .Select(match => match.Groups["name"].Value)
            .Distinct()
            .Where(name =>
                !Regex.IsMatch(job, $@"\b{name}:") && !Regex.IsMatch(page, $@"`{name}`") && !IsOfGitHub(name, page)
            );

    private static bool IsOfGitHub(string name, string page) =>
        name.StartsWith("ACTIONS_", StringComparison.Ordinal) && page.Contains("`ACTIONS_`", StringComparison.Ordinal);

    [GeneratedRegex(@"```yaml\n(?<text>(?:jobs|deploy):\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex Yaml();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"^\s*(?:- )?(?:run: )?")]
    private static partial Regex Item();

    [GeneratedRegex(@"\$\{?(?<name>[A-Z][A-Z0-9_]+)")]
    private static partial Regex Used();
}
