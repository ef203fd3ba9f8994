using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

public sealed partial class PageTests
{
    [Fact]
    public void Links_InsideTheRepository_LeadSomewhere()
    {
        var dead = Repository
            .Pages()
            .SelectMany(page =>
                Link()
                    .Matches(File.ReadAllText(page))
                    .Select(m => m.Groups["target"].Value.Split('#')[0])
                    .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
                    .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
                    .Select(target => $"{Path.GetRelativePath(Repository.Root, page)} → {target}")
            );

        dead.ShouldBeEmpty();
    }

    [Fact]
    public void Page_OfTheDocumentation_IsInTheIndex()
    {
        var index = File.ReadAllText(Repository.PathOf("docs/index.md"));
        var linked = Link().Matches(index).Select(m => m.Groups["target"].Value.Split('#')[0]).ToHashSet();

        new[] { "docs", "docs/platforms", "docs/providers" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.md"))
            .Select(page => Path.GetRelativePath(Repository.PathOf("docs"), page))
            .Where(page => page != "index.md" && !linked.Contains(page))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Rules_CitedInTheSources_AreWrittenDown()
    {
        var written = Rule()
            .Matches(
                File.ReadAllText(Repository.PathOf("docs/security-rules.md"))
                    + File.ReadAllText(Repository.PathOf("docs/tunnel-protocol.md"))
            )
            .Select(m => m.Groups["rule"].Value)
            .ToHashSet();

        var unknown = Repository
            .Sources()
            .SelectMany(file =>
                Citation()
                    .Matches(File.ReadAllText(file))
                    .Select(m => m.Value)
                    .Where(rule => !written.Contains(rule))
                    .Select(rule => $"{rule} in {Path.GetRelativePath(Repository.Root, file)}")
            )
            .Distinct();

        unknown.ShouldBeEmpty();
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    // "- **S12 Title" in the one page, "| W4 |" in the other.
    [GeneratedRegex(@"(?:\*\*|^\| )(?<rule>[SW]\d{1,2}b?)\b", RegexOptions.Multiline)]
    private static partial Regex Rule();

    // Behind a comment's "//" only: elsewhere "S256" and the like are names of other things.
    [GeneratedRegex(@"(?<=//.*)\b[SW]\d{1,2}b?\b")]
    private static partial Regex Citation();
}
