namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Ends the recursive descent of lexer and parser. Caught at its start, so callers never see it.</summary>
internal sealed class CelSyntaxException(CelError error) : Exception(error.ToString())
{
    public CelSyntaxException(int position, string message)
        : this(new CelError(position, message)) { }

    public CelError Error { get; } = error;
}
