using Shouldly;

namespace Culvert.Documentation.Tests.English;

/// <summary>
/// Pages, messages and comments use the words of the field, like a spelling check. <c>words.txt</c> has what not to
/// write and what to write instead; <c>exceptions.txt</c> has the places where such a word is right;
/// <c>comments.txt</c> has the folders whose comments are not checked yet.
/// </summary>
public sealed class PlainEnglishTests
{
    private static readonly IReadOnlyList<UnclearWord> Words = UnclearWord.ReadAll();
    private static readonly IReadOnlyList<WordException> Exceptions = WordException.ReadAll();
    private static readonly Lazy<IReadOnlyList<ReadableText>> Texts = new(() =>
        [.. ReadableTexts.FindAll(), .. CommentTexts.FindAll()]
    );
    private static readonly Lazy<IReadOnlyList<(ReadableText Text, IReadOnlyList<string> Findings)>> Unclear = new(() =>
        [
            .. Texts
                .Value.Select(text => (text, Findings: (IReadOnlyList<string>)[.. Find(text)]))
                .Where(one => one.Findings.Count > 0),
        ]
    );

    [Fact]
    public void Texts_ThatPeopleRead_UsePlainWords()
    {
        var unclear = Unclear
            .Value.Where(one => !Exceptions.Any(exception => exception.Covers(one.Text)))
            .SelectMany(one => one.Findings)
            .ToList();

        unclear.ShouldBeEmpty(string.Join('\n', unclear));
    }

    [Fact]
    public void Exceptions_AreStillNeeded() =>
        Exceptions.Where(exception => !Unclear.Value.Any(one => exception.Covers(one.Text))).ShouldBeEmpty();

    [Fact]
    public void UnheldFolders_StillHaveUnclearComments() =>
        CommentTexts
            .UnheldFolders()
            .Where(folder => !CommentTexts.FindIn(folder).Any(text => Find(text).Any()))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("It is no number.", true)]
    [InlineData("There is no number.", false)]
    [InlineData("It is no longer used.", false)]
    [InlineData("Ask somebody.", true)]
    [InlineData("The certificate has ended.", true)]
    [InlineData("The certificate has expired.", false)]
    [InlineData("A fault in `fault`.", true)]
    [InlineData("An error in `fault`.", false)]
    [InlineData("Enrol anew.", true)]
    [InlineData("See {Fault}.", false)]
    public void Find_InAPage_FindsTheWord(string line, bool isUnclear) =>
        ReadableTexts.InPage("a.md", line).SelectMany(Find).Any().ShouldBe(isUnclear);

    [Theory]
    [InlineData("""Say("It is " + "no number.");""", true)]
    [InlineData("""Say($"It is {fault} now");""", false)]
    [InlineData("""Say("fault");""", false)]
    [InlineData("""// It is no number.""", false)]
    public void Find_InASource_ReadsItsStrings(string source, bool isUnclear) =>
        ReadableTexts.InSource("a.cs", source).SelectMany(Find).Any().ShouldBe(isUnclear);

    [Theory]
    [InlineData("// It is\n// no number.", true)]
    [InlineData("int a; // Ask somebody.", true)]
    [InlineData("/// <summary>Enrols\n/// anew.</summary>\nclass A;", true)]
    [InlineData("/* Ask somebody. */", true)]
    [InlineData("/// <param name=\"fault\">An error, as <c>fault</c>.</param>\nclass A;", false)]
    [InlineData("var text = \"// Ask somebody.\";", false)]
    public void Find_InASource_ReadsItsComments(string source, bool isUnclear) =>
        CommentTexts.InSource("a.cs", source).SelectMany(Find).Any().ShouldBe(isUnclear);

    [Theory]
    [InlineData("# Ask", "# somebody.", true)]
    [InlineData("-- It is", "-- no number.", true)]
    [InlineData("fault", "x=1", false)]
    public void Find_InAScript_ReadsItsComments(string first, string second, bool isUnclear) =>
        CommentTexts.InScript("a.sh", [first, second]).SelectMany(Find).Any().ShouldBe(isUnclear);

    [Fact]
    public void Find_Found_NamesFileLineWordAndBetterWord() =>
        ReadableTexts
            .InPage("a.md", "Good.\nEnrol anew.")
            .SelectMany(Find)
            .ShouldBe(["a.md:2: 'anew': write \"again\" (Enrol anew.)"]);

    private static IEnumerable<string> Find(ReadableText text) =>
        Words.SelectMany(word =>
            word.Pattern.Matches(text.Text)
                .Select(match => $"{text.File}:{text.Line}: '{match.Value}': write {word.Better} ({text.Text.Trim()})")
        );
}
