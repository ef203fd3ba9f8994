using System.Globalization;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Why an expression is refused.</summary>
/// <param name="Position">The first character concerned, counted from 1.</param>
/// <param name="Message">What is wrong and, if there is one, the remedy.</param>
internal sealed record CelError(int Position, string Message)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"at character {Position}: {Message}");
}
