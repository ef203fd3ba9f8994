namespace Culvert.Platform.Doctor;

/// <summary>One question about a program. It reads the collected facts and makes no calls.</summary>
/// <typeparam name="TFacts">What was gathered.</typeparam>
public interface IDoctorCheck<in TFacts>
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    string Id { get; }

    DoctorFinding Run(TFacts facts);
}
