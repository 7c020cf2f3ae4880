namespace Kedge.OpenStack;

/// <summary>Whose resources a list shows.</summary>
public enum ProjectScope
{
    /// <summary>Those of the project that the token is for.</summary>
    Own,

    /// <summary>Those of all projects; needs an administrator's role.</summary>
    All,
}
