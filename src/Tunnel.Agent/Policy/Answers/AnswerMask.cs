using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>A value that crosses only in a form that does not say all of it.</summary>
internal sealed record AnswerMask(AnswerPath At, MaskForm Form)
{
    public override string ToString() => $"{At} {Form}";
}
