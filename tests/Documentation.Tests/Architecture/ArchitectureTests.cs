using System.Text;
using Shouldly;

namespace Culvert.Documentation.Tests.Architecture;

/// <summary>
/// Imports between the folders of a project, and between the folders within one of these, point one way, as the architecture
/// page draws it.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly IReadOnlyList<FolderOrder> Orders = FolderOrder.ReadAll(
        File.ReadAllText(Repository.PathOf("docs/architecture.md"))
    );

    public static TheoryData<string> Projects() =>
        [
            .. Directory
                .EnumerateDirectories(Repository.PathOf("src"))
                .Select(folder => Path.GetFileName(folder))
                .Union(Orders.Select(order => order.Path)),
        ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_HaveTheirPlaceOnThePage(string path) =>
        OrderOf(path)
            .Folders.ShouldBe(
                Directory
                    .EnumerateDirectories(Repository.PathOf(Path.Combine("src", path)))
                    .Select(folder => Path.GetFileName(folder))
                    .Where(folder => folder is not "bin" and not "obj"),
                ignoreOrder: true
            );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Imports_BetweenFolders_PointDown(string path)
    {
        var wrong = ProjectImports.FindForbidden(OrderOf(path));

        wrong.ShouldBeEmpty(Describe(wrong));
    }

    private static FolderOrder OrderOf(string path) => Orders.Single(order => order.Path == path);

    private static string Describe(IEnumerable<FolderImport> wrong)
    {
        var text = new StringBuilder(
            "These imports are against the order of folders in docs/architecture.md, which says what to do:\n"
        );
        foreach (
            var pair in wrong
                .GroupBy(import => (import.From, import.To))
                .OrderByDescending(pair => pair.Select(import => import.File).Distinct().Count())
        )
        {
            text.AppendLine(
                $"{pair.Key.From} must not use {(pair.Key.To.Length > 0 ? pair.Key.To : "files beside the folders")}:"
            );
            foreach (var import in pair.DistinctBy(import => (import.File, import.Name)).OrderBy(import => import.File))
            {
                text.AppendLine($"  {import.File}:{import.Line}: {import.Name}");
            }
        }

        return text.ToString();
    }
}
