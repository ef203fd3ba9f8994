using Culvert.Stage;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>A page of the documentation with what is executed of it.</summary>
internal sealed class DocumentedPage
{
    private const string Fence = "```";

    private const string Executed = "```sh run";

    private const string Promised = "```output";

    private const string Yaml = "```yaml";

    private DocumentedPage(string name, IReadOnlyList<PageBlock> blocks, IReadOnlyList<string> headings) =>
        (Name, Blocks, Headings) = (name, blocks, headings);

    /// <summary>Its path below <c>docs</c>.</summary>
    public string Name { get; }

    public IReadOnlyList<PageBlock> Blocks { get; }

    /// <summary>The sections of second rank.</summary>
    public IReadOnlyList<string> Headings { get; }

    private static string Folder => Path.Combine(Checkout.Find().Root, "docs");

    /// <summary>The pages that have something to execute.</summary>
    public static IReadOnlyList<DocumentedPage> All() =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.md", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => Read(Path.GetRelativePath(Folder, file)))
                .Where(page => page.Blocks.Count > 0),
        ];

    /// <summary>The job of a CI system on the page, if it has one: it is one of the blocks.</summary>
    public PlatformJob? Job { get; private init; }

    public static DocumentedPage Read(string name) => Parse(name, ReadText(name));

    public static string ReadText(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static DocumentedPage Parse(string name, string page)
    {
        var lines = page.TrimEnd('\n').Split('\n');
        var (blocks, headings) = (new List<PageBlock>(), new List<string>());
        PlatformJob? job = null;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                headings.Add(lines[i][3..]);
            }
            else if (lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                var (opening, begin) = (lines[i], i + 1);
                i = Array.IndexOf(lines, Fence, begin);
                var text = string.Join('\n', lines[begin..i]);
                if (opening == Executed)
                {
                    blocks.Add(new PageBlock(begin + 1, headings.LastOrDefault(""), text, null));
                }
                else if (opening == Promised)
                {
                    blocks[^1] = blocks[^1] with { Output = text };
                }
                else if (opening == Yaml && name.StartsWith("platforms/", StringComparison.Ordinal))
                {
                    job = PlatformJob.Find(text) ?? job;
                    if (job is not null)
                    {
                        blocks.Add(new PageBlock(begin + 1, headings.LastOrDefault(""), job.ToShell(), null));
                    }
                }
            }
        }

        return new DocumentedPage(name, blocks, headings) { Job = job };
    }
}
