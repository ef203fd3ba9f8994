namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <param name="Position">The position of the token's first character, counted from 1.</param>
/// <param name="Text">As written, except for strings, where it is the value.</param>
internal readonly record struct CelToken(CelTokenKind Kind, int Position, string Text)
{
    public bool Is(string punctuation) => Kind == CelTokenKind.Punctuation && Text == punctuation;

    public bool IsKeyword(string word) => Kind == CelTokenKind.Keyword && Text == word;

    public override string ToString() =>
        Kind switch
        {
            CelTokenKind.End => "the end",
            CelTokenKind.String => "a string",
            _ => $"'{Text}'",
        };
}
