namespace Culvert.Platform.Doctor;

public enum DoctorStatus
{
    Pass,
    Fail,

    /// <summary>It works, but with a risk that the operator should know.</summary>
    Warn,

    /// <summary>The check does not apply, or an earlier check that it needs failed.</summary>
    Skip,
}
