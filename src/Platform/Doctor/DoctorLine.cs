namespace Culvert.Platform.Doctor;

/// <summary>What a check found out about one of several things.</summary>
/// <param name="Next">Commands or changes to do if it is not good.</param>
public sealed record DoctorLine(bool IsGood, string Text, params IReadOnlyList<string> Next);
