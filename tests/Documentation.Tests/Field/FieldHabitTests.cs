using Culvert.Documentation.Tests.Security;
using Shouldly;

namespace Culvert.Documentation.Tests.Field;

/// <summary>
/// What programs of other people do with a format that the standard does not forbid or that others accept: at each
/// place of the product where it can arrive, a test says what becomes of it.
/// </summary>
public sealed class FieldHabitTests
{
    private static readonly string[] Habits =
    [
        "byte_order_mark",
        "certificate_twice",
        "cookie",
        "cut_stream",
        "data_lines",
        "der",
        "fractional_date",
        "key_header",
        "key_twice",
        "line_ends",
        "many_audiences",
        "odd_media_type",
        "pem_with_text",
        "pkcs7",
        "redirect",
        "root_first",
        "text_id",
        "trailing_dot",
        "trailing_slash",
    ];

    private static readonly IReadOnlyList<string[]> Rows = FieldTable.Read(
        "habits.tsv",
        "habit",
        "reader",
        "outcome",
        "test"
    );

    private static readonly IReadOnlyList<string[]> Readers = FieldTable.Read(
        "readers.tsv",
        "reader",
        "source",
        "why without a row"
    );

    [Fact]
    public void Test_OfEveryRow_IsWritten()
    {
        var tests = WrittenTests.Read();

        Rows.Where(row => row[2].Length == 0 || !row[3].Contains(':') || !tests.Has(row[3]))
            .Select(row => string.Join(" | ", row))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Row_IsThereOnce() => Rows.Select(row => $"{row[0]} {row[1]} {row[3]}").ShouldBeUnique();

    [Fact]
    public void Habit_OfTheList_HasARow_AndEachRowAHabitOfTheList() =>
        Rows.Select(row => row[0]).Distinct().ShouldBe(Habits, ignoreOrder: true);

    [Fact]
    public void Reader_OfARow_IsInTheListOfReaders() =>
        Rows.Select(row => row[1]).Except(Readers.Select(reader => reader[0])).ShouldBeEmpty();

    [Fact]
    public void Reader_OfTheList_HasARowOrSaysWhyNot()
    {
        var covered = Rows.Select(row => row[1]).ToHashSet(StringComparer.Ordinal);

        Readers
            .Where(reader => covered.Contains(reader[0]) == (reader[2].Length > 0))
            .Select(reader => reader[0])
            .ShouldBeEmpty();
    }

    [Fact]
    public void Reader_OfTheList_IsAFileOfTheSources() =>
        Readers.Select(reader => reader[1]).Where(file => !File.Exists(Repository.PathOf(file))).ShouldBeEmpty();

    /// <summary>Who reads events or answers without the one reader of them would read other forms otherwise.</summary>
    [Fact]
    public void Stream_OfEvents_IsReadByOneReader() =>
        Repository
            .Sources()
            .Where(file => !file.Contains("Platform/Events", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("StartsWith(\"data:", StringComparison.Ordinal))
            .ShouldBeEmpty();
}
