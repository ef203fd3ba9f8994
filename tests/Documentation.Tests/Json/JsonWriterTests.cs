using Shouldly;

namespace Culvert.Documentation.Tests.Json;

/// <summary>
/// Answers of the service are records, which the JSON contexts write. Files that write JSON member by member are in json-writers.txt,
/// each with its reason.
/// </summary>
public sealed class JsonWriterTests
{
    private const string Separator = " => ";

    private static readonly string[] Marks = ["Utf8JsonWriter", ".WriteStartObject("];

    private static readonly string Service = Repository.PathOf("src/Identity.Service");

    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Repository.PathOf("tests/Documentation.Tests/Json/json-writers.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(Separator, 2)),
    ];

    [Fact]
    public void FilesOfTheService_ThatWriteJsonMemberByMember_AreListed() =>
        Repository
            .Sources()
            .Where(file => file.StartsWith(Service + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            .Where(file => Marks.Any(File.ReadAllText(file).Contains))
            .Select(file => Path.GetRelativePath(Service, file))
            .ShouldBe(Rows.Select(row => row[0]), ignoreOrder: true);

    [Fact]
    public void ListedFiles_HaveAReason() => Rows.Where(row => row is not [_, [_, .., '.']]).ShouldBeEmpty();
}
