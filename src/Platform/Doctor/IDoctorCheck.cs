namespace Culvert.Platform.Doctor;

/// <summary>One question about a program. It looks at what was gathered and asks nobody.</summary>
/// <typeparam name="TFacts">What was gathered.</typeparam>
public interface IDoctorCheck<in TFacts>
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    string Id { get; }

    DoctorFinding Run(TFacts facts);
}
