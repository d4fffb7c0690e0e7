"""For programs that show errors."""


def refused(function, *arguments, **named):
    """Print the type of the error and the first line of its message, which is PyTorch's."""
    try:
        function(*arguments, **named)
    except Exception as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    else:
        print("went through")
