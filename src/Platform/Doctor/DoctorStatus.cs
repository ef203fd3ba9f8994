namespace Culvert.Platform.Doctor;

/// <summary>In ascending severity.</summary>
public enum DoctorStatus
{
    /// <summary>The check does not apply, or an earlier check that it needs failed.</summary>
    Skip,

    Pass,

    /// <summary>It works, but needs an operator's action now or soon, or has a risk that the operator should know.</summary>
    Warn,

    /// <summary>The program has no current information; never counted as healthy. Only the service's status has it.</summary>
    Unknown,

    Fail,
}
