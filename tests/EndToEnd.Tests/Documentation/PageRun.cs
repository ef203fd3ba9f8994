using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.Stage.Processes;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Documentation;

/// <summary>
/// Runs a page like a reader who enters all its commands at one terminal: one shell, in a folder of its own, so that
/// later blocks see the variables and files of earlier ones. It ends at the first command that fails.
/// </summary>
internal sealed class PageRun(DocumentedPage page, string folder, IReadOnlyDictionary<string, string> environment)
{
    private const string Shell = "/bin/bash";

    /// <param name="prelude">What the page takes for granted.</param>
    public async Task ProveAsync(string prelude, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var script = new StringBuilder("set -eu -o pipefail\n").Append(prelude).Append('\n');
        for (var i = 0; i < page.Blocks.Count; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"exec >block-{i}.out 2>block-{i}.err\n");
            script.Append(page.Blocks[i].Commands).Append('\n');
        }

        var result = await Tool.RunAsync(Shell, ["-c", script.ToString()], folder, cancellationToken, environment);
        var begun = Enumerable.Range(0, page.Blocks.Count).Count(i => File.Exists(FileOf(i, "err")));
        var last = begun == 0 ? result.Error : await ReadAsync(begun - 1, "err") + await ReadAsync(begun - 1, "out");
        result.ExitCode.ShouldBe(0, $"{PlaceOf(begun - 1)}: {last}");
        for (var i = 0; i < page.Blocks.Count; i++)
        {
            if (page.Blocks[i].Output is { } promised)
            {
                var printed = await ReadAsync(i, "out");
                Fits(promised, printed).ShouldBeTrue($"{PlaceOf(i)} promises\n{promised}\nand prints\n{printed}");
            }
        }
    }

    /// <summary>Whether an output is as promised: <c>…</c> matches anything, runs of blanks match each other.</summary>
    internal static bool Fits(string promised, string printed)
    {
        var pattern = string.Join(".*?", Plain(promised).Split('…').Select(Regex.Escape));
        return Regex.IsMatch(Plain(printed), $@"\A{pattern}\z", RegexOptions.Singleline);
    }

    // Tables are as wide as their longest cell: the widths do not matter.
    private static string Plain(string text) =>
        string.Join('\n', text.Split('\n').Select(line => string.Join(' ', Words(line)))).Trim();

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string PlaceOf(int block) =>
        block < 0 ? $"{page.Name}, before its first block" : $"{page.Name}:{page.Blocks[block].Line}";

    private string FileOf(int block, string kind) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"block-{block}.{kind}"));

    private Task<string> ReadAsync(int block, string kind) => File.ReadAllTextAsync(FileOf(block, kind));
}
