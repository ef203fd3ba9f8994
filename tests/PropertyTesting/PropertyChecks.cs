using Culvert.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace Culvert.PropertyTesting;

/// <summary>Checks properties with a fixed seed: FsCheck draws a new one for each run unless it is given one.</summary>
public static class PropertyChecks
{
    // Rnd takes an odd gamma, which selects one of its sequences of numbers.
    private const ulong Gamma = 1;

    /// <summary>
    /// Tries the property on <paramref name="cases"/> generated values, throws at the first that breaks it, and
    /// shrinks that one. Each run tries the same values; <c>CULVERT_SOAK_SEED</c> selects others.
    /// </summary>
    public static void CheckSeeded(this Property property, int cases = 100) =>
        property.Check(
            Config
                .QuickThrowOnFailure.WithMaxTest(cases)
                .WithReplay(new Replay(new Rnd((ulong)Soak.SeedOr(1), Gamma), FSharpOption<int>.None))
        );
}
