namespace Culvert.Platform.Doctor;

/// <summary>A check of a program. It reads the collected facts and makes no calls.</summary>
public interface IDoctorCheck<in TFacts>
{
    /// <summary>Stable, <c>snake_case</c>.</summary>
    string Id { get; }

    DoctorFinding Run(TFacts facts);
}
