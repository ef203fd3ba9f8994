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
    public void Anchors_OfLinks_AreHeadings()
    {
        var dead = Repository
            .Pages()
            .SelectMany(page =>
                Link()
                    .Matches(File.ReadAllText(page))
                    .Select(m => m.Groups["target"].Value.Split('#'))
                    .Where(parts => parts.Length == 2 && !parts[0].Contains("://", StringComparison.Ordinal))
                    .Select(parts => (File: Resolve(page, parts[0]), Anchor: parts[1]))
                    .Where(target => target.File.EndsWith(".md", StringComparison.Ordinal) && File.Exists(target.File))
                    .Where(target => !Anchors(File.ReadAllText(target.File)).Contains(target.Anchor))
                    .Select(target =>
                        $"{Path.GetRelativePath(Repository.Root, page)} → "
                        + $"{Path.GetRelativePath(Repository.Root, target.File)}#{target.Anchor}"
                    )
            );

        dead.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("## 1. Start the service", "1-start-the-service")]
    [InlineData("### `culvert dev`, [again](dev.md)", "culvert-dev-again")]
    [InlineData("<a id=\"here\"></a>text", "here")]
    [InlineData("```sh\n# a comment\n```", "")]
    public void Anchors_OfAPage_AreAsTheForgesMakeThem(string page, string anchor) =>
        string.Join(' ', Anchors(page)).ShouldBe(anchor);

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

    private static string Resolve(string page, string target) =>
        target.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, target));

    private static HashSet<string> Anchors(string page)
    {
        var text = Fenced().Replace(page, "");
        return
        [
            .. Heading().Matches(text).Select(m => Slug(m.Groups["text"].Value)),
            .. Anchor().Matches(text).Select(m => m.Groups["id"].Value),
        ];
    }

    // As GitHub does: the text of links, lower case, without punctuation, blanks as hyphens.
    private static string Slug(string heading) =>
        Punctuation().Replace(LinkText().Replace(heading, "${text}").ToLowerInvariant(), "").Trim().Replace(' ', '-');

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("^#+ +(?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("<a id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    // "- **S12 Title" in the one page, "| W4 |" in the other.
    [GeneratedRegex(@"(?:\*\*|^\| )(?<rule>[SW]\d{1,2}b?)\b", RegexOptions.Multiline)]
    private static partial Regex Rule();

    // Behind a comment's "//" only: elsewhere "S256" and the like are names of other things.
    [GeneratedRegex(@"(?<=//.*)\b[SW]\d{1,2}b?\b")]
    private static partial Regex Citation();
}
