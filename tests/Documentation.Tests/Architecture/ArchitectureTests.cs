using System.Text;
using Shouldly;

namespace Culvert.Documentation.Tests.Architecture;

/// <summary>Imports between the top-level folders of a project point one way, as the architecture page draws it.</summary>
public sealed class ArchitectureTests
{
    private static readonly IReadOnlyList<FolderOrder> Orders = FolderOrder.ReadAll(
        File.ReadAllText(Repository.PathOf("docs/architecture.md"))
    );

    public static TheoryData<string> Projects() =>
        [.. Directory.EnumerateDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_HaveTheirPlaceOnThePage(string project) =>
        OrderOf(project)
            .Folders.ShouldBe(
                Directory
                    .EnumerateDirectories(Repository.PathOf(Path.Combine("src", project)))
                    .Select(folder => Path.GetFileName(folder))
                    .Where(folder => folder is not "bin" and not "obj"),
                ignoreOrder: true
            );

    [Theory]
    [MemberData(nameof(Projects))]
    public void Imports_BetweenFolders_PointDown(string project)
    {
        var order = OrderOf(project);

        var wrong = ProjectImports.Find(project).Where(import => !order.IsAllowed(import.From, import.To)).ToList();

        wrong.ShouldBeEmpty(Describe(wrong));
    }

    private static FolderOrder OrderOf(string project) => Orders.Single(order => order.Project == project);

    private static string Describe(IEnumerable<FolderImport> wrong)
    {
        var text = new StringBuilder("docs/architecture.md puts the folder that is used above the one that uses it:\n");
        foreach (
            var pair in wrong
                .GroupBy(import => (import.From, import.To))
                .OrderByDescending(pair => pair.Select(import => import.File).Distinct().Count())
        )
        {
            text.AppendLine($"{pair.Key.From} uses {pair.Key.To}; only {pair.Key.To} may use {pair.Key.From}:");
            foreach (var import in pair.DistinctBy(import => (import.File, import.Name)).OrderBy(import => import.File))
            {
                text.AppendLine($"  {import.File}:{import.Line}: {import.Name}");
            }
        }

        return text.ToString();
    }
}
