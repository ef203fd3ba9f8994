namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Leaves the recursive descent of lexer and parser; caught where that began, never seen outside.</summary>
internal sealed class CelSyntaxException(CelError error) : Exception(error.ToString())
{
    public CelSyntaxException(int position, string message)
        : this(new CelError(position, message)) { }

    public CelError Error { get; } = error;
}
