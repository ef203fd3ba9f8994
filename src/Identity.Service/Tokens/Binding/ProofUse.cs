namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>The result of the attempt to use a proof.</summary>
internal enum ProofUse
{
    Used,

    Replayed,

    /// <summary>It could not be stored, so it must not be accepted.</summary>
    Full,
}
