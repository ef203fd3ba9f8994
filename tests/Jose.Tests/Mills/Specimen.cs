namespace Culvert.Jose.Tests.Mills;

/// <param name="Mutation">What was done to it; <see cref="SpecimenMill.Untouched"/> = nothing.</param>
/// <param name="Token">Compact form, or what is left of it.</param>
/// <param name="KeySet">JWK set, or what is left of it.</param>
internal sealed record Specimen(string Mutation, byte[] Token, byte[] KeySet);
