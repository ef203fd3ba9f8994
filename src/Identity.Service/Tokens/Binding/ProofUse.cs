namespace Culvert.Identity.Service.Tokens.Binding;

internal enum ProofUse
{
    Used,

    Replayed,

    /// <summary>It could not be stored, so it must not be accepted.</summary>
    Full,
}
