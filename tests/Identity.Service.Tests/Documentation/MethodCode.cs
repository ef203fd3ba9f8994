using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>What a method's code refers to, in its order: the methods it calls, the fields it reads, the texts it has.</summary>
internal static class MethodCode
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <returns><see cref="MemberInfo"/> and <see cref="string"/> alone.</returns>
    public static IEnumerable<object> References(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length; )
        {
            var instruction = code[at] == 0xFE ? Codes[unchecked((short)(0xFE00 | code[at + 1]))] : Codes[code[at]];
            at += instruction.Size;
            if (Resolve(method, instruction.OperandType, code.AsSpan(at)) is { } reference)
            {
                yield return reference;
            }

            at += SizeOf(instruction.OperandType, code.AsSpan(at));
        }
    }

    private static object? Resolve(MethodBase method, OperandType type, ReadOnlySpan<byte> operand)
    {
        var types = method.DeclaringType is { IsGenericType: true } generic ? generic.GetGenericArguments() : null;
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        switch (type)
        {
            case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok:
                return method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(operand), types, arguments);
            case OperandType.InlineString:
                return method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(operand));
            default:
                return null;
        }
    }

    private static int SizeOf(OperandType type, ReadOnlySpan<byte> operand) =>
        type switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
            _ => 4,
        };
}
