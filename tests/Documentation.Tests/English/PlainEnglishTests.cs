using Shouldly;

namespace Culvert.Documentation.Tests.English;

/// <summary>
/// Pages and messages use the words of the field, like a spelling check. <c>words.txt</c> has what not to write and what
/// to write instead; <c>exceptions.txt</c> has the places where such a word is right.
/// </summary>
public sealed class PlainEnglishTests
{
    private static readonly IReadOnlyList<UnclearWord> Words = UnclearWord.ReadAll();
    private static readonly IReadOnlyList<WordException> Exceptions = WordException.ReadAll();
    private static readonly Lazy<IReadOnlyList<ReadableText>> Texts = new(() => [.. ReadableTexts.FindAll()]);

    [Fact]
    public void Texts_ThatPeopleRead_UsePlainWords()
    {
        var unclear = Texts
            .Value.SelectMany(text => Find(text).Where(_ => !Exceptions.Any(exception => exception.Covers(text))))
            .ToList();

        unclear.ShouldBeEmpty(string.Join('\n', unclear));
    }

    [Fact]
    public void Exceptions_AreStillNeeded()
    {
        var found = Texts.Value.Where(text => Find(text).Any()).ToList();

        Exceptions.Where(exception => !found.Any(exception.Covers)).ShouldBeEmpty();
    }

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
